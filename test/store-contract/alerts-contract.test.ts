import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Alert, AlertPlan } from "../../store/alert.ts";
import { openStore } from "../../store/open-store.ts";
import type { Store } from "../../store/store.ts";
import { NOTHING } from "../api/start-api.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { anAnomaly, idOf } from "./an-anomaly.ts";
import { keptSince } from "./kept-since.ts";

const HOLDER = "one";
const lease = (holder: string, atMs: number) => ({ holder, atMs, untilMs: atMs + 10, untilMsMax: atMs + 10 });

let store: Store;
beforeEach(async () => {
  store = await openStore({ path: join(temporaryDirectory("store"), "logbert.db") });
  await store.syncAlertChannels(["ops"]);
  await store.takeAlertLease(lease(HOLDER, 0));
});
afterEach(() => store.close());

const save = (...anomalies: Parameters<typeof anAnomaly>[]) =>
  store.saveBatch({ ...NOTHING, anomalies: anomalies.map((one) => anAnomaly(...one)) });
const plan = (fields: Partial<AlertPlan>): Promise<boolean> =>
  store.saveAlertPlan({
    channel: "ops",
    holder: HOLDER,
    atMs: 5,
    revision: undefined,
    alerts: [],
    messages: [],
    ...fields,
  });
const alert = (fields: Partial<Alert> = {}): Alert => ({
  incidentId: idOf(1),
  channel: "ops",
  service: "shop",
  state: "waiting",
  createdAtMs: 1,
  changedAtMs: 2,
  isHeldBack: false,
  openedAtMs: undefined,
  told: undefined,
  messages: 0,
  ...fields,
});
const message = (key: string) => ({ key, kind: "incident" as const, notice: "{}" });
const result = (key: string, state: "waiting" | "sent" | "refused", error?: string) =>
  store.saveSendResult({ channel: "ops", key, state, dueAtMs: 9, atMs: 8, error });

describe("what a channel looks at", () => {
  it("is what has changed since it looked last, batch by batch, and what no record carries", async () => {
    await save([1], [2]);
    await save([3, { kind: "end t1" }], [4, { service: "other", kind: "silence" }]);
    const all = await store.alertChanges("ops", 9, 9);
    expect(all.incidents.map(({ id, anomalies }) => [id, anomalies])).toEqual([
      [idOf(1), 3],
      [idOf(4), 1],
    ]);
    expect(all.withoutRecord.map(({ id }) => id)).toEqual([idOf(3), idOf(4)]);
    expect(await plan({ revision: all.revision })).toBe(true);
    expect(await store.alertChanges("ops", 9, 9)).toEqual({
      incidents: [],
      withoutRecord: [],
      revision: undefined,
    });
    await save([5]);
    expect((await store.alertChanges("ops", 9, 9)).incidents.map(({ id }) => id)).toEqual([idOf(1)]);
  });

  it("begins with what begins after the channel", async () => {
    await save([1]);
    await store.syncAlertChannels(["ops", "later"]);
    await save([2], [3, { service: "other" }]);
    expect((await store.alertChanges("later", 9, 9)).incidents.map(({ id }) => id)).toEqual([idOf(3)]);
    expect((await store.alertChanges("ops", 9, 9)).incidents).toHaveLength(2);
  });
});

describe("a plan", () => {
  it("is stored as a whole, a message with a known key once", async () => {
    await save([1]);
    const told = { atMs: 3, anomalies: 1, severityNumber: 17, templateIds: ["t1"] };
    const opened = alert({ state: "open", told, openedAtMs: 3, messages: 1 });
    await plan({ alerts: [opened], messages: [message("a"), message("b")] });
    await plan({ messages: [message("a")] });
    expect((await store.activeAlerts("ops", 9)).map((one) => one.alert)).toEqual([opened]);
    expect(await store.channelLoad("ops", 6)).toEqual({
      waiting: 2,
      lastHour: 2,
      openedAtMs: new Map([["shop", 3]]),
    });
  });

  it("of who has lost the lease, or of a channel that is gone, is not stored", async () => {
    expect(await store.takeAlertLease(lease("two", 9))).toBe(false);
    expect(await store.takeAlertLease(lease("two", 10))).toBe(true);
    expect(await plan({ messages: [message("a")] })).toBe(false);
    await store.syncAlertChannels([]);
    expect(await plan({ holder: "two", messages: [message("a")] })).toBe(false);
    expect(await store.nextMessage("ops")).toBeUndefined();
  });
});

describe("the lease", () => {
  it("is free at once when it is given back, or was taken by a clock that was set back since", async () => {
    await store.releaseAlertLease(HOLDER);
    expect(await store.takeAlertLease(lease("two", 1))).toBe(true);
    expect(await store.takeAlertLease(lease("two", 1_000))).toBe(true);
    expect(await store.takeAlertLease(lease("three", 500))).toBe(true);
  });
});

describe("a message", () => {
  it("waits in its order until it is taken or refused, and the channel shows how that goes", async () => {
    await plan({ messages: [message("a"), message("b")] });
    expect(await store.nextMessage("ops")).toMatchObject({ key: "a", attempts: 0, createdAtMs: 5 });
    await result("a", "waiting", "HTTP 503");
    expect(await store.nextMessage("ops")).toMatchObject({ key: "a", attempts: 1, dueAtMs: 9 });
    const idle = { name: "ops", lastSentAtMs: undefined, heldBack: 0, putAside: 0 };
    expect(await store.channelStatuses()).toEqual([
      { ...idle, failingSinceMs: 8, lastError: "HTTP 503", waiting: 2 },
    ]);
    await result("a", "sent");
    expect(await store.nextMessage("ops")).toMatchObject({ key: "b" });
    await result("b", "refused", "HTTP 404");
    expect(await store.nextMessage("ops")).toBeUndefined();
    expect(await store.channelStatuses()).toMatchObject([
      { lastSentAtMs: 8, lastError: "HTTP 404", putAside: 1 },
    ]);
  });

  it("for a test needs a channel", async () => {
    expect(await store.addTestMessage("ops", { ...message("t"), kind: "test" }, 1)).toBe(true);
    expect(await store.addTestMessage("none", { ...message("t"), kind: "test" }, 1)).toBe(false);
  });
});

it("alerts go with their incidents, finished messages with their age; what waits stays", async () => {
  await save([1]);
  await plan({ alerts: [alert()], messages: [message("a"), message("b")] });
  await result("a", "sent");
  await store.expire(keptSince(10_000_000));
  expect(await store.alertsOf("ops", [idOf(1)])).toEqual([]);
  expect(await store.nextMessage("ops")).toMatchObject({ key: "b" });
  expect((await store.channelLoad("ops", 6)).lastHour).toBe(1);
});
