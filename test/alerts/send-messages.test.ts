import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { alertsConfig } from "../../api/alerts/config.ts";
import type { OpenChannel } from "../../api/alerts/open-channel.ts";
import type { Outcome } from "../../api/alerts/outcome.ts";
import { type SendPorts, sendMessages } from "../../api/alerts/send-messages.ts";
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

const errors: string[] = [];
const ports = (now: () => number): SendPorts => ({
  store,
  now,
  random: () => 0,
  expireMs: 1_000_000,
  mayTell: () => true,
  onOutcome: () => undefined,
  onError: (error) => errors.push(String(error)),
});
const plan = (kind: MessageKind, keys: readonly string[]) =>
  store.saveAlertPlan({
    channel: "ops",
    holder: HOLDER,
    atMs: 0,
    revision: undefined,
    eventsRevision: undefined,
    alerts: [],
    messages: keys.map((key) => ({ key, kind, notice: "{}" })),
  });

const channelOf = (send: (key: string) => Outcome): OpenChannel => {
  if (settings === undefined) throw new Error("there is no channel");
  return { settings, send: async ({ key }) => send(key), close: async () => undefined };
};

it("an incident waits for few of many events, though the receiver is slow", async () => {
  let nowMs = 0;
  const sent: string[] = [];
  const channel = channelOf((key) => {
    nowMs += 1_000;
    sent.push(key);
    return { kind: "sent" };
  });
  const turn = () =>
    sendMessages(
      channel,
      ports(() => nowMs),
    );
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

it("one that cannot be made into a request keeps no other one back", async () => {
  const sent: string[] = [];
  const channel = channelOf((key) => {
    if (key === "bad") throw new Error("with a secret in it");
    sent.push(key);
    return { kind: "sent" };
  });
  await plan("incident", ["bad", "good"]);
  await sendMessages(
    channel,
    ports(() => 1),
  );
  expect(sent).toEqual(["good"]);
  expect(errors.join()).toContain("could not be made into a request");
  expect(errors.join()).not.toContain("secret");
});
