import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { configSchema } from "../../cli/config.ts";
import { openTriedScorer } from "../../cli/open-scorer.ts";
import type { RunningScorer } from "../../processor/inference/worker-client.ts";
import { type MetricsServer, startMetricsServer } from "../../processor/telemetry/metrics-server.ts";
import type { CanaryStatus } from "../../store/store.ts";
import { sendHttp } from "../edges/senders.ts";
import { type RecordingHop, startRecordingHop } from "../faults/recording-hop.ts";
import { SHIPPED_MODEL } from "../helpers/shipped-model.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { type StageUnderTest, startStageUnderTest } from "../training/start-stage-under-test.ts";
import { brokenModel } from "./broken-model.ts";
import { normalRequests, RECORDS } from "./send-logs.ts";

const { inference } = configSchema.parse({});
const open = (directory: string) => openTriedScorer(directory, inference, () => undefined);

let stage: StageUnderTest;
let hop: RecordingHop;
let exporter: MetricsServer;
let forwarded = 0;
/** Of the first trial, before any record came. */
let first: CanaryStatus;

beforeAll(async () => {
  hop = await startRecordingHop("http", () => {
    forwarded += 1;
  });
  stage = await startStageUnderTest("waits", {
    forward: hop.endpoint,
    settings: { canary: { interval_ms: 50 }, remember: { flush_interval_ms: 50 } },
  });
  exporter = await startMetricsServer("127.0.0.1:0", stage.metrics);
  first = await status(({ state }) => state !== "waiting");
  for (const request of normalRequests(1)) await sendHttp(stage.httpAddress, request);
});
afterAll(async () => {
  await exporter.stop();
  await stage.stop();
  await hop.down();
});

const metrics = async () => (await fetch(`http://${exporter.address}/metrics`)).text();
const told = async () => (await stage.people.statuses())[0]?.canary;

/** What is told once it is so, and has been tried again since. */
function status(is: (canary: CanaryStatus) => boolean): Promise<CanaryStatus> {
  return waitFor("the detector's status", async () => {
    const canary = await told();
    return canary !== undefined && is(canary) ? canary : undefined;
  });
}

async function runs(count: number): Promise<void> {
  for (let run = 0; run < count; run += 1) {
    const { checkedAtMs } = (await told()) ?? {};
    await status((canary) => canary.checkedAtMs !== checkedAtMs);
  }
}

/** Everything that verdicts on records leave behind. */
async function traces() {
  const { people } = stage;
  const counted = (await metrics())
    .split("\n")
    .filter((line) =>
      /^logbert_\w+_total|^logbert_inference|^logbert_threshold|^logbert_false_alarm_rate/.test(line),
    );
  return {
    forwarded,
    counted,
    anomalies: await people.countAnomalies({}),
    services: await people.services(),
    templates: await people.templates(undefined, { first: 1_000 }),
    scores: await people.scoreHistograms(undefined, 0, Date.now() + 3_600_000),
  };
}

describe("a detector that works", () => {
  it("finds what is odd in shipped sequences, before it has seen any others", () => {
    expect(first.state).toBe("well");
    expect(first.recallRatio).toBeGreaterThan(0.7);
    expect(first.falseAlarmRatio).toBeUndefined();
  });

  it("finds what is known to be odd, and flags nothing that is known to be normal", async () => {
    const { recallRatio, falseAlarmRatio } = await status(
      (canary) => canary.state === "well" && canary.falseAlarmRatio !== undefined,
    );
    expect(recallRatio).toBeGreaterThan(0.7);
    expect(falseAlarmRatio).toBeLessThan(0.05);
    expect(await metrics()).toMatch(/^logbert_canary_recall_ratio 0\.[789]|^logbert_canary_recall_ratio 1/m);
  });

  it("is tried without a trace: nothing is forwarded, stored or counted", async () => {
    await waitFor("every record to be counted", async () => {
      const services = await stage.people.services();
      return services.reduce((sum, { records }) => sum + records, 0) === RECORDS ? true : undefined;
    });
    await runs(2);
    const before = await traces();
    await runs(5);
    expect(await traces()).toEqual(before);
  });
});

describe("a detector that does not work", () => {
  const broken: readonly (readonly [what: string, open: () => Promise<RunningScorer>])[] = [
    ["finds everything alike", () => open(brokenModel("alike", 0))],
    ["has turned odd and normal around", () => open(brokenModel("inverted", -1))],
    ["gives no numbers", async () => withoutNumbers(await open(SHIPPED_MODEL))],
  ];

  it.each(broken)("because its model %s is told, until other weights are in use", async (_, openBroken) => {
    await status(({ state }) => state === "well");
    await stage.scorer.replace(await openBroken());
    const collapsed = await status(({ state }) => state === "collapsed");
    expect(collapsed.recallRatio).toBeLessThan(0.5);
    expect(Number(/^logbert_canary_recall_ratio (\S+)/m.exec(await metrics())?.[1])).toBeLessThan(0.5);

    await stage.scorer.replace(await open(SHIPPED_MODEL));
    const well = await status(({ state }) => state === "well");
    expect(well.recallRatio).toBeGreaterThan(0.7);
    expect(well.recoveredAtMs).toBeGreaterThanOrEqual(well.collapsedAtMs ?? Number.POSITIVE_INFINITY);
  });
});

function withoutNumbers(scorer: RunningScorer): RunningScorer {
  return {
    ...scorer,
    version: "no numbers",
    score: async (batch, signal) =>
      (await scorer.score(batch, signal)).map((surprises) => surprises.map(() => Number.NaN)),
  };
}
