import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { readRequest } from "../../processor/wire/read-request.ts";
import type { Anomaly } from "../../store/anomaly.ts";
import { openStore } from "../../store/open-store.ts";
import { type NextHop, startGrpcNextHop } from "../edges/next-hop.ts";
import { sendHttp } from "../edges/senders.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { anAnomaly, idOf } from "../store-contract/an-anomaly.ts";
import { type StageUnderTest, startStageUnderTest } from "./start-stage-under-test.ts";

const STEPS = ["order received", "stock reserved", "card charged", "order shipped"];
const THRESHOLD = 0.6;
const AWAY = { code: 14, details: "away" };

let stage: StageUnderTest | undefined;
let hop: NextHop | undefined;
afterEach(async () => {
  await stage?.stop();
  await hop?.close();
});

/** A stage that has seen 500 orders. */
async function aStage() {
  let isTaken = true;
  const next = await startGrpcNextHop(() => (isTaken ? { body: new Uint8Array(0) } : AWAY));
  hop = next;
  const directory = temporaryDirectory("feedback");
  const store = await openStore({ path: join(directory, "logbert.db") });
  await store.setThreshold(
    { service: "shop", mode: "manual", value: THRESHOLD, alertsPerDay: undefined, author: undefined },
    Date.now(),
  );
  await store.close();
  const running = await startStageUnderTest("better", { directory, forward: next.address });
  stage = running;
  let timeMs = 1_000_000;
  /** Sends them in one request; tells the score of the last one. */
  const send = async (service: string, ...bodies: readonly string[]) => {
    const records = bodies.map((body, at) => {
      timeMs += 100;
      const timeUnixNano = BigInt(timeMs) * 1_000_000n;
      return {
        timeUnixNano,
        severityNumber: STEPS.includes(body) ? 9 : 21,
        body: `${body} id=${timeMs + at}`,
      };
    });
    const request = encodeRequest([{ attributes: { "service.name": service }, records }]);
    expect((await sendHttp(running.httpAddress, request)).status).toBe(isTaken ? 200 : 503);
    const last = readRequest(next.received.at(-1) ?? new Uint8Array(0)).records.at(-1);
    return Number(last?.attribute("anomaly.score"));
  };
  for (let i = 0; i < 5; i += 1) await send("shop", ...Array.from({ length: 100 }, () => STEPS).flat());
  return {
    people: running.people,
    send,
    /** What would be said of it: nothing is learned from what the next hop does not take. */
    async scoreOf(...bodies: readonly string[]) {
      isTaken = false;
      const score = await send("shop", ...STEPS, "order received", ...bodies);
      isTaken = true;
      return score;
    },
    stored: (text: string): Promise<Anomaly> =>
      waitFor(
        `the anomaly "${text}"`,
        async () => (await running.people.anomalies({ text }, { first: 1 }))[0],
      ),
    labels: (count: number) =>
      waitFor(`${count} labels`, async () =>
        (await running.people.statuses())[0]?.labels === count ? true : undefined,
      ),
    train: running.train,
  };
}

const GIVEN = { note: undefined, author: undefined, createdAtMs: 0 };
const NOTHING = {
  samples: [],
  histograms: [],
  services: [],
  templates: [],
  thresholds: [],
  status: undefined,
};

it("what people call expected is quiet within a second or two, other news are not, and taken back it is loud", async () => {
  const { people, send, scoreOf, labels } = await aStage();
  const panic = () => scoreOf("panic in the cellar");
  // Another service tells the template's id; in this one it was never taken, and stays new.
  await send("cart", "panic in the cellar");
  const template = await waitFor(
    "the template",
    async () => (await people.templates("cart", { first: 1 }))[0],
  );
  const loud = await panic();
  expect(loud).toBeGreaterThan(THRESHOLD);
  // The verdict's p-value is the detector's, raised tenfold at most for what drifts.
  const detectors = [{ detector: "new-template", pValue: (1 - loud) ** 4 / 10, share: 1 }];
  const { explanation, ...rest } = anAnomaly(1, { templateId: template.id });
  await people.saveBatch({
    ...NOTHING,
    anomalies: [{ ...rest, explanation: { ...explanation, detectors } }],
  });
  await people.addFeedback({ ...GIVEN, id: idOf(1), anomalyId: idOf(1), isTrueAnomaly: false });
  await labels(1);
  expect(await panic()).toBeLessThan(0.2);
  expect(await scoreOf("fire in the kitchen")).toBeGreaterThan(THRESHOLD);
  await people.undoFeedback(idOf(1), 1, undefined);
  await labels(0);
  expect(await panic()).toBeGreaterThan(THRESHOLD);
});

it("the next training is told what was expected and what was not", async () => {
  const { people, send, stored, train } = await aStage();
  await send("shop", "panic in the cellar");
  await send("shop", "fire in the kitchen");
  const [panic, fire] = [await stored("panic"), await stored("fire")];
  await people.addFeedback({ ...GIVEN, id: idOf(1), anomalyId: panic.id, isTrueAnomaly: false });
  await people.addFeedback({ ...GIVEN, id: idOf(2), anomalyId: fire.id, isTrueAnomaly: true });
  const report: { readonly feedback?: readonly unknown[] } = JSON.parse((await train()).report ?? "{}");
  const events = panic.window.map(({ templateId, template, timeMs, severityNumber }) => ({
    templateId,
    template,
    timeMs,
    severityNumber,
  }));
  expect(report.feedback).toEqual([
    { format: "logbert-feedback/1" },
    { service: "shop", trueAnomaly: { templateId: fire.templateId, timeMs: fire.timeMs } },
    { service: "shop", expected: events },
  ]);
});
