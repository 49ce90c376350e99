import { afterEach, beforeEach, expect, it } from "vitest";
import type { CanaryStatus } from "../../store/store.ts";
import { NOTHING } from "../api/start-api.ts";
import { bodyOf, type Receiver, startReceiver } from "./receiver.ts";
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

const webhook = (fields: object = {}) => ({
  kind: "webhook",
  name: "ops",
  url: receiver.url,
  secret: "a secret of plain text",
  ...fields,
});

const stageSays = (canary: CanaryStatus) =>
  telling.stage.saveBatch({
    ...NOTHING,
    status: {
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
