import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Alert, AlertPlan, DueQuery, NewMessage, SendResult } from "../../store/alert.ts";
import { openStore } from "../../store/open-store.ts";
import type { Store } from "../../store/store.ts";
import { NOTHING } from "../api/start-api.ts";
import { testDatabase } from "../helpers/test-database.ts";
import { anAnomaly, idOf } from "./an-anomaly.ts";
import { keptSince } from "./kept-since.ts";

const HOLDER = "one";
const lease = (holder: string, deadRevision?: number) => store.takeAlertLease({ holder, deadRevision });

let store: Store;
beforeEach(async () => {
  store = await openStore((await testDatabase()).settings);
  await lease(HOLDER);
  await store.syncAlertChannels(HOLDER, ["ops"]);
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
    eventsRevision: undefined,
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
  messageKey: undefined,
  ...fields,
});
const message = (key: string, fields: Partial<NewMessage> = {}): NewMessage => ({
  key,
  kind: "incident",
  notice: "{}",
  ...fields,
});
const result = (key: string, state: "waiting" | "sent" | "refused", fields: Partial<SendResult> = {}) =>
  store.saveSendResult({
    channel: "ops",
    key,
    state,
    dueAtMs: 9,
    pausedUntilMs: undefined,
    atMs: 8,
    error: undefined,
    ...fields,
  });
const ALL = ["incident", "summary", "event", "test"] as const;
const due = async (nowMs = 9, fields: Partial<DueQuery> = {}) =>
  (await store.dueMessages("ops", { kinds: ALL, nowMs, dueAtMsMax: 1_000_000, limit: 99, ...fields })).map(
    ({ key }) => key,
  );

describe("what a channel looks at", () => {
  it("is what has changed since it looked last, batch by batch", async () => {
    await save([1], [2]);
    await save([3], [4, { service: "other" }]);
    const all = await store.alertChanges("ops", 9);
    expect(all.incidents.map(({ id, anomalies }) => [id, anomalies])).toEqual([
      [idOf(1), 3],
      [idOf(4), 1],
    ]);
    expect(await plan({ revision: all.revision })).toBe(true);
    expect(await store.alertChanges("ops", 9)).toEqual({ incidents: [], revision: undefined });
    await save([5]);
    expect((await store.alertChanges("ops", 9)).incidents.map(({ id }) => id)).toEqual([idOf(1)]);
  });

  it("is what no record carries, batch by batch, by itself", async () => {
    await save([1], [2, { kind: "end t1" }], [3, { kind: "silence" }]);
    await save([4, { kind: "end t2" }], [5, { kind: "end t3" }]);
    const events = async (limit: number) => {
      const { anomalies, revision } = await store.alertEvents("ops", limit);
      await plan({ eventsRevision: revision });
      return anomalies.map(({ id }) => id);
    };
    expect(await events(3)).toEqual([idOf(2), idOf(3)]);
    expect(await events(1)).toEqual([idOf(4)]);
    expect(await events(9)).toEqual([]);
    expect((await store.alertChanges("ops", 9)).incidents).toHaveLength(1);
  });

  it("begins with what begins after the channel", async () => {
    await save([1]);
    await store.syncAlertChannels(HOLDER, ["ops", "later"]);
    await save([2], [3, { service: "other" }]);
    expect((await store.alertChanges("later", 9)).incidents.map(({ id }) => id)).toEqual([idOf(3)]);
    expect((await store.alertChanges("ops", 9)).incidents).toHaveLength(2);
  });

  it("is asked for where there is something to do", async () => {
    const work = async () => (await store.alertWork())[0];
    const idle = {
      name: "ops",
      hasChanges: false,
      isActive: false,
      dueAtMs: undefined,
      healthKey: undefined,
    };
    expect(await work()).toEqual(idle);
    await save([1, { kind: "silence" }]);
    expect(await work()).toEqual({ ...idle, hasChanges: true });
    await plan({ revision: 1 });
    expect(await work()).toEqual({ ...idle, hasChanges: true });
    await plan({ eventsRevision: 1, alerts: [alert()], messages: [message("a")] });
    expect(await work()).toEqual({ ...idle, isActive: true, dueAtMs: 5 });
    await result("a", "waiting", { dueAtMs: 9, pausedUntilMs: 20 });
    expect(await work()).toEqual({ ...idle, isActive: true, dueAtMs: 20 });
    await result("a", "sent");
    await plan({ alerts: [alert({ state: "over" })] });
    expect(await work()).toEqual(idle);
  });
});

describe("a plan", () => {
  it("is stored as a whole, a message with a known key once", async () => {
    await save([1]);
    const told = { atMs: 3, anomalies: 1, severityNumber: 17, templateIds: ["t1"] };
    const opened = alert({ state: "open", told, openedAtMs: 3, messages: 1 });
    await plan({ alerts: [opened], messages: [message("a"), message("b")] });
    await plan({ messages: [message("a")] });
    expect((await store.activeAlerts("ops", 9)).active.map((one) => one.alert)).toEqual([opened]);
    expect(await store.channelLoad("ops", 6)).toMatchObject({ waiting: 2 });
    expect(await store.openedServices("ops", 6)).toEqual(new Map([["shop", 3]]));
  });

  it("says of a known alert all that has changed", async () => {
    await save([1]);
    await plan({ alerts: [alert({ state: "over", messages: 2, isHeldBack: true })] });
    const told = {
      atMs: 3,
      anomalies: 1,
      severityNumber: 17,
      templateIds: ["t1"],
      outgrownAtMs: 7,
      endedAtMs: 8,
    };
    const anew = alert({ createdAtMs: 8, changedAtMs: 9, told, openedAtMs: 3, messages: 2, messageKey: "a" });
    await plan({ alerts: [anew] });
    expect(await store.alertsOf("ops", [idOf(1)])).toEqual([anew]);
  });

  it("of who has lost the lease, or of a channel that is gone, is not stored", async () => {
    expect(await lease("two")).toEqual({ kind: "refused", revision: 1 });
    expect(await lease("two", 1)).toEqual({ kind: "taken" });
    expect(await plan({ messages: [message("a")] })).toBe(false);
    await store.syncAlertChannels("two", []);
    expect(await plan({ holder: "two", messages: [message("a")] })).toBe(false);
    expect(await due()).toEqual([]);
  });
});

describe("an incident whose strongest anomaly is a silence", () => {
  const seen = (service: string, lastSeenMs: number) => ({
    services: [{ name: service, records: 1, anomalies: 0, learningState: "ready" as const, lastSeenMs }],
    templates: [{ id: "t1", service, text: "beat", count: 1, firstSeenMs: 0, lastSeenMs }],
  });
  const write = (service: string, lastSeenMs: number) =>
    store.saveBatch({ ...NOTHING, ...seen(service, lastSeenMs) });
  const silence = async () => (await store.activeAlerts("ops", 9)).active.map((one) => one.silence);

  it.each(["silence", "silence t1", "silence *"])(
    "lasts until what fell silent comes again (%s)",
    async (kind) => {
      const one = anAnomaly(1, { kind, templateId: "t1" });
      await store.saveBatch({ ...NOTHING, ...seen("shop", one.timeMs), anomalies: [one] });
      await write("other", one.timeMs + 120_000);
      await write("shop", one.timeMs + 30_000);
      await plan({ alerts: [alert({ state: "open" })] });
      expect(await silence()).toEqual(["lasts"]);
      await write("shop", one.timeMs + 120_000);
      expect(await silence()).toEqual(["ended"]);
    },
  );

  it("lasts while what came again is silent once more, or something else in it is", async () => {
    const one = anAnomaly(1, { kind: "silence", templateId: "t1" });
    const again = { ...one, id: idOf(2), timeMs: one.timeMs + 180_000 };
    await store.saveBatch({ ...NOTHING, ...seen("shop", again.timeMs), anomalies: [one, again] });
    await plan({ alerts: [alert({ state: "open" })] });
    expect(await silence()).toEqual(["lasts"]);
    await write("shop", again.timeMs + 120_000);
    expect(await silence()).toEqual(["ended"]);
    await store.saveBatch({
      ...NOTHING,
      anomalies: [{ ...again, id: idOf(3), kind: "silence t1", timeMs: again.timeMs + 120_000 }],
    });
    expect(await silence()).toEqual(["lasts"]);
  });

  it("is told from others", async () => {
    await save([1]);
    await plan({ alerts: [alert({ state: "open" })] });
    expect(await silence()).toEqual([undefined]);
  });
});

describe("the lease", () => {
  it("is free at once when it is given back", async () => {
    await store.releaseAlertLease(HOLDER);
    expect(await lease("two")).toEqual({ kind: "taken" });
  });

  it("is taken from who has not prolonged it since it was seen last, and from nobody else", async () => {
    expect(await lease("two")).toEqual({ kind: "refused", revision: 1 });
    expect(await lease(HOLDER)).toEqual({ kind: "prolonged" });
    expect(await lease("two", 1)).toEqual({ kind: "refused", revision: 2 });
    expect(await lease("two", 2)).toEqual({ kind: "taken" });
    expect(await lease("three", 2)).toEqual({ kind: "refused", revision: 3 });
  });

  it("is needed to say which channels there are", async () => {
    await plan({ messages: [message("a")] });
    expect(await store.syncAlertChannels("two", [])).toBe(false);
    expect(await due()).toEqual(["a"]);
    expect(await store.channelStatuses()).toHaveLength(1);
  });
});

describe("a message", () => {
  it("is due until it is taken or refused, and the channel shows how that goes", async () => {
    await plan({ messages: [message("a"), message("b")] });
    expect(await store.dueMessages("ops", { kinds: ALL, nowMs: 5, dueAtMsMax: 99, limit: 1 })).toEqual([
      { ...message("a"), channel: "ops", attempts: 0, failedAtMs: undefined, createdAtMs: 5, dueAtMs: 5 },
    ]);
    await result("a", "waiting", { error: "HTTP 503", pausedUntilMs: 9 });
    expect(await due(8)).toEqual(["b"]);
    expect(await due(9)).toEqual(["b", "a"]);
    expect(await store.channelLoad("ops", 8)).toMatchObject({ waiting: 2, failing: 1, pausedUntilMs: 9 });
    const idle = { name: "ops", lastSentAtMs: undefined, heldBack: 0, putAside: 0 };
    expect(await store.channelStatuses()).toEqual([
      { ...idle, failingSinceMs: 8, lastError: "HTTP 503", waiting: 2 },
    ]);
    await result("a", "sent");
    await result("b", "refused", { error: "HTTP 404" });
    expect(await due()).toEqual([]);
    expect(await store.channelStatuses()).toMatchObject([
      { lastSentAtMs: 8, lastError: "HTTP 404", putAside: 1 },
    ]);
  });

  it("goes before events, and before one that was tried more often", async () => {
    await plan({
      messages: [message("e", { kind: "event" }), message("a"), message("b")],
    });
    expect(await due()).toEqual(["a", "b", "e"]);
    await result("a", "waiting", { dueAtMs: 20 });
    expect(await due()).toEqual(["b", "e"]);
    expect(await due(20)).toEqual(["b", "a", "e"]);
    expect(await due(9, { kinds: ["event"] })).toEqual(["e"]);
  });

  it("is the only one about its incident until it is sent", async () => {
    await save([1]);
    await plan({ alerts: [alert({ state: "open", messageKey: "a" })], messages: [message("a")] });
    expect(await store.activeAlerts("ops", 9)).toEqual({ active: [], lost: [] });
    await result("a", "sent");
    expect((await store.activeAlerts("ops", 9)).active).toHaveLength(1);
  });

  it("that is not taken though a later one is counts as troubled", async () => {
    await plan({ messages: [message("a"), message("b")] });
    await result("a", "waiting");
    expect(await store.channelLoad("ops", 8)).toMatchObject({ failing: 1, troubled: 0 });
    await result("b", "sent");
    expect(await store.channelLoad("ops", 8)).toMatchObject({
      waiting: 1,
      failing: 0,
      troubled: 1,
      troubledDue: 0,
    });
    expect(await store.channelLoad("ops", 9)).toMatchObject({ troubled: 1, troubledDue: 1 });
  });

  it("that is due later than anything can be was stored by a clock that was set back since", async () => {
    await plan({ messages: [message("a")], atMs: 5_000 });
    expect(await due(9)).toEqual([]);
    expect(await due(9, { dueAtMsMax: 100 })).toEqual(["a"]);
  });

  it("counts for an hour from when it was sent, of incidents alone, and is then forgotten", async () => {
    const HOUR_MS = 3_600_000;
    await plan({ messages: [message("a"), message("b"), message("c")] });
    await plan({ messages: [message("e", { kind: "event" }), message("t", { kind: "test" })] });
    for (const key of ["a", "b", "e", "t"]) await result(key, "sent", { atMs: 10 * HOUR_MS });
    expect(await store.channelLoad("ops", 10 * HOUR_MS)).toMatchObject({ lastHour: 2, waiting: 1 });
    await result("c", "sent", { atMs: 11 * HOUR_MS });
    expect(await store.channelLoad("ops", 11 * HOUR_MS)).toMatchObject({ lastHour: 1, waiting: 0 });
  });

  it("of a limit of thousands is counted still when the thousandth is sent", async () => {
    const keys = Array.from({ length: 1_100 }, (_, i) => `m${i}`);
    await plan({ messages: keys.map((key) => message(key)) });
    for (const key of keys) await result(key, "sent");
    expect(await store.channelLoad("ops", 8)).toMatchObject({ lastHour: 1_100 });
  });

  it("for a test needs a channel", async () => {
    expect(await store.addTestMessage("ops", message("t", { kind: "test" }), 1)).toBe(true);
    expect(await store.addTestMessage("none", message("t", { kind: "test" }), 1)).toBe(false);
  });
});

describe("what is told of the detector", () => {
  const save = (key: string, holder = HOLDER) =>
    store.saveHealthMessage({
      channel: "ops",
      holder,
      atMs: 5,
      message: message(key, { kind: "health" }),
    });
  const dueHealth = () => due(9, { kinds: ["health"] });

  it("takes the place of what was never tried, and waits for what was", async () => {
    expect(await save("a")).toBe(true);
    expect(await save("b")).toBe(true);
    expect(await dueHealth()).toEqual(["b"]);
    await result("b", "waiting");
    expect(await save("c")).toBe(false);
    expect(await dueHealth()).toEqual(["b"]);
    await result("b", "sent");
    expect(await save("c", "two")).toBe(false);
    expect(await save("c")).toBe(true);
    expect(await store.channelLoad("ops", 9)).toMatchObject({ healthLastHour: 1, lastHour: 0, waiting: 0 });
  });

  it("is known for longer than messages are kept", async () => {
    await save("a");
    await result("a", "sent");
    await store.expire(keptSince(10_000_000));
    expect((await store.alertWork())[0]?.healthKey).toBe("a");
  });
});

it("alerts go with their incidents, finished messages with their age; what waits stays, and is known as lost", async () => {
  await save([1], [2, { service: "other" }]);
  await plan({ alerts: [alert(), alert({ incidentId: idOf(2), state: "over" })] });
  await plan({ messages: [message("a"), message("b")] });
  await result("a", "sent");
  await store.expire(keptSince(10_000_000));
  expect(await store.alertsOf("ops", [idOf(1), idOf(2)])).toEqual([alert()]);
  expect(await store.activeAlerts("ops", 9)).toEqual({ active: [], lost: [alert()] });
  expect(await due()).toEqual(["b"]);
  await plan({ alerts: [alert({ state: "dropped" })] });
  await store.expire(keptSince(10_000_000));
  expect(await store.alertsOf("ops", [idOf(1)])).toEqual([]);
});
