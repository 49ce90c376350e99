import { afterEach, beforeEach, expect, it } from "vitest";
import type { CanaryStatus } from "../../store/store.ts";
import { NOTHING } from "../api/start-api.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { bodyOf, type Receiver, startReceiver, webhookTo } from "./receiver.ts";
import { createTelling, type Telling } from "./start-telling.ts";

let receiver: Receiver;
let telling: Telling;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  await telling.close();
  await receiver.close();
});

const webhook = (fields?: object) => webhookTo(receiver, fields);

const stageSays = (canary: CanaryStatus, instance = "logbert") =>
  telling.stage.saveBatch({
    ...NOTHING,
    status: {
      instance,
      version: "1",
      modelVersion: "m",
      startedAtMs: 0,
      updatedAtMs: Date.now(),
      recordsPerSecond: 0,
      forwardEndpoint: undefined,
      forwardState: "sink",
      canary,
    },
  });

it("a detector that does not work is told once, by whoever tells, and once more when it works again", async () => {
  telling = await createTelling({
    channels: [webhook()],
    routes: [{ channels: ["ops"], services: ["none"] }],
  });
  const collapsedAtMs = Date.now();
  await stageSays({ state: "collapsed", recallRatio: 0, collapsedAtMs });
  const first = await telling.start();
  await receiver.got(1);
  await first.close();
  await telling.start();
  await stageSays({ state: "well", recallRatio: 1, collapsedAtMs, recoveredAtMs: collapsedAtMs + 1 });
  const received = await receiver.got(2);
  expect(received.map((one) => bodyOf(one).type)).toEqual(["detector.collapsed", "detector.recovered"]);
});

it("a detector that does not work in several stages is told once, and once when it works in all again", async () => {
  telling = await createTelling({ channels: [webhook()] });
  await telling.start();
  const [a, b] = [Date.now(), Date.now() + 1];
  await stageSays({ state: "collapsed", recallRatio: 0, collapsedAtMs: a }, "a");
  await receiver.got(1);
  await stageSays({ state: "collapsed", recallRatio: 0, collapsedAtMs: b }, "b");
  await stageSays({ state: "well", recallRatio: 1, collapsedAtMs: a, recoveredAtMs: b + 1 }, "a");
  await stageSays({ state: "well", recallRatio: 1, collapsedAtMs: b, recoveredAtMs: b + 2 }, "b");
  await receiver.got(2);
  await telling.stage.addTestMessage("ops", aTest, Date.now());
  await receiver.got(3);
  expect(types()).toEqual(["detector.collapsed", "detector.recovered", "test"]);
});

it("that nobody tries any more a detector that does not work is told, and what a trial shows after that", async () => {
  telling = await createTelling({ channels: [webhook()] });
  await telling.start();
  const collapsedAtMs = Date.now();
  await stageSays({ state: "collapsed", recallRatio: 0, collapsedAtMs });
  await receiver.got(1);
  await stageSays({ state: "off", collapsedAtMs });
  await receiver.got(2);
  await stageSays({ state: "collapsed", recallRatio: 0, collapsedAtMs });
  const received = (await receiver.got(3)).map(bodyOf);
  expect(received.map(({ type }) => type)).toEqual([
    "detector.collapsed",
    "detector.untried",
    "detector.collapsed",
  ]);
  expect(new Set(received.map(({ id }) => id)).size).toBe(3);
});

const aTest = {
  key: "t",
  kind: "test",
  notice: JSON.stringify({ kind: "test", channel: "ops" }),
} as const;
const types = () => receiver.received.map((one) => bodyOf(one).type);
const HOUR_MS = 3_600_000;

it("that it does not work is told before that it works again, though the receiver was away", async () => {
  telling = await createTelling({ channels: [webhook()] });
  receiver.answer(() => ({ status: 503 }));
  const collapsedAtMs = Date.now();
  await stageSays({ state: "collapsed", recallRatio: 0, collapsedAtMs });
  await telling.start();
  await waitFor("a failed try", async () => (telling.outcomes.includes("ops retry") ? true : undefined));
  await stageSays({ state: "well", recallRatio: 1, collapsedAtMs, recoveredAtMs: collapsedAtMs + 1 });
  receiver.answer(() => ({ status: 200 }));
  const tries = receiver.received.length;
  telling.clock.aheadMs = HOUR_MS;
  await receiver.got(tries + 2);
  expect(types().slice(tries)).toEqual(["detector.collapsed", "detector.recovered"]);
});

it("by turns is told four times an hour, and then as it is by then", async () => {
  telling = await createTelling({ channels: [webhook()] });
  await telling.start();
  for (let collapsedAtMs = 1; collapsedAtMs <= 6; collapsedAtMs += 1) {
    await stageSays({ state: "collapsed", recallRatio: 0, collapsedAtMs });
    await waitFor("it to be stored", async () =>
      (await telling.stage.alertWork())[0]?.healthKey === `detector-${collapsedAtMs}-collapsed`
        ? true
        : undefined,
    );
    await receiver.got(Math.min(collapsedAtMs, 4));
  }
  await waitFor("the last one to wait alone", async () =>
    (await telling.stage.channelStatuses())[0]?.waiting === 1 ? true : undefined,
  );
  telling.clock.aheadMs = HOUR_MS + 60_000;
  const ids = (await receiver.got(5)).map((one) => bodyOf(one).id);
  expect(ids).toEqual([1, 2, 3, 4, 6].map((atMs) => `detector-${atMs}-collapsed`));
});

it("that was to be told before quiet hours, and could not be, waits until they end", async () => {
  const timeIn = (ms: number) => new Date(Date.now() + ms).toISOString().slice(11, 16);
  const quiet = { time_zone: "UTC", from: timeIn(HOUR_MS), to: timeIn(3 * HOUR_MS) };
  telling = await createTelling({ channels: [webhook({ quiet_hours: [quiet] })] });
  receiver.answer(() => ({ status: 503 }));
  await stageSays({ state: "collapsed", recallRatio: 0, collapsedAtMs: 5 });
  await telling.start();
  await waitFor("a failed try", async () => (telling.outcomes.includes("ops retry") ? true : undefined));
  telling.clock.aheadMs = 2 * HOUR_MS;
  receiver.answer(() => ({ status: 200 }));
  await telling.stage.addTestMessage("ops", aTest, Date.now());
  await waitFor("the test", async () => (types().includes("test") ? true : undefined));
  expect(types().at(-1)).toBe("test");
  telling.clock.aheadMs = 4 * HOUR_MS;
  await waitFor("the end of them", async () => (types().at(-1) === "detector.collapsed" ? true : undefined));
});

it("in quiet hours nothing is told of it", async () => {
  const day = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
  const quiet = [{ time_zone: "UTC", from: "00:00", to: "00:00", days: day }];
  telling = await createTelling({
    channels: [webhook({ quiet_hours: quiet }), webhook({ name: "loud", url: `${receiver.url}/loud` })],
  });
  await stageSays({ state: "collapsed", recallRatio: 0, collapsedAtMs: Date.now() });
  const first = await telling.start();
  await receiver.got(1);
  await first.close();
  expect(receiver.received.map((one) => bodyOf(one)["channel"])).toEqual(["loud"]);
});
