import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { alertsConfig } from "../../api/alerts/config.ts";
import type { OpenChannel } from "../../api/alerts/open-channel.ts";
import { sendMessages } from "../../api/alerts/send-messages.ts";
import type { MessageKind } from "../../store/alert.ts";
import { openSqlite } from "../../store/sqlite.ts";
import type { Store } from "../../store/store.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";

const HOLDER = "one";
const [settings] = alertsConfig.parse({
  channels: [{ kind: "otlp", name: "ops", endpoint: "http://127.0.0.1:1" }],
}).channels;

let store: Store;
beforeEach(async () => {
  store = await openSqlite(join(temporaryDirectory("send"), "logbert.db"), Date.now);
  await store.takeAlertLease({ holder: HOLDER, deadRevision: undefined });
  await store.syncAlertChannels(HOLDER, ["ops"]);
});
afterEach(() => store.close());

const plan = (kind: MessageKind, keys: readonly string[]) =>
  store.saveAlertPlan({
    channel: "ops",
    holder: HOLDER,
    atMs: 0,
    revision: undefined,
    eventsRevision: undefined,
    alerts: [],
    messages: keys.map((key) => ({ key, kind, incidentId: undefined, notice: "{}" })),
  });

it("an incident waits for few of many events, though the receiver is slow", async () => {
  if (settings === undefined) throw new Error("there is no channel");
  let nowMs = 0;
  const sent: string[] = [];
  const channel: OpenChannel = {
    settings,
    async send({ key }) {
      nowMs += 1_000;
      sent.push(key);
      return { kind: "sent" };
    },
    close: async () => undefined,
  };
  const turn = () =>
    sendMessages(channel, {
      store,
      now: () => nowMs,
      random: () => 0,
      expireMs: 1_000_000,
      mayTell: () => true,
      onOutcome: () => undefined,
      onError: (error) => expect.fail(String(error)),
    });
  await plan(
    "event",
    Array.from({ length: 50 }, (_, i) => `e${i}`),
  );
  expect(await turn()).toBe(true);
  await plan("incident", ["i"]);
  expect(await turn()).toBe(true);
  expect(sent.indexOf("i")).toBeGreaterThan(0);
  expect(sent.indexOf("i")).toBeLessThan(5);
});
