import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { encodeRequest } from "../../processor/wire/encode.ts";
import type { Store } from "../../store/store.ts";
import { sendHttp } from "../edges/senders.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { anAnomaly, idOf } from "../store-contract/an-anomaly.ts";
import { type StageUnderTest, startStageUnderTest } from "./start-stage-under-test.ts";

/** As long as a busy machine of two cores may take for the thousand steps of a small corpus. */
const TRAINING_MS_MAX = 500_000;

let stage: StageUnderTest | undefined;
afterEach(() => stage?.stop());

/** Orders, step by step, one after the other. */
function orders(first: number, count: number): Uint8Array {
  const steps = ["order received", "stock reserved", "card charged", "order shipped", "mail sent"];
  const records = Array.from({ length: count * steps.length }, (_, i) => ({
    timeUnixNano: BigInt(1_000_000 + (first * steps.length + i) * 100) * 1_000_000n,
    severityNumber: 9,
    body: `${steps[i % steps.length]} id=${first + i}`,
  }));
  return encodeRequest([{ attributes: { "service.name": "shop" }, records }]);
}

/** People call one of the recorded events a true anomaly, and a window with a message that nobody recorded expected. */
async function judge(people: Store): Promise<void> {
  const received = await waitFor("the template", async () =>
    (await people.templates("shop", { first: 9 })).find(({ text }) => text.startsWith("order received")),
  );
  const template = { templateId: received.id, template: received.text };
  const event = { timeMs: 1, severityNumber: 9, isSubject: false };
  const odd = { ...event, timeMs: 2, templateId: "sold-out", template: "stock is out", isSubject: true };
  await people.saveBatch({
    anomalies: [
      anAnomaly(1, { ...template, timeMs: 1_000_000 + 500 * 100 }),
      anAnomaly(2, { templateId: "sold-out", window: [{ ...event, ...template }, odd] }),
    ],
    ...{ samples: [], histograms: [], services: [], templates: [], thresholds: [], status: undefined },
  });
  const given = { note: undefined, author: undefined, createdAtMs: 1 };
  await people.addFeedback({ id: "f1", anomalyId: idOf(1), isTrueAnomaly: true, ...given });
  await people.addFeedback({ id: "f2", anomalyId: idOf(2), isTrueAnomaly: false, ...given });
}

it(
  "learns what the stage has recorded with the trainer that ships, and what people say of it, and puts its weights in use",
  async () => {
    const trainer = [join(import.meta.dirname, "../../bin/logbert.js")];
    stage = await startStageUnderTest("better", { trainer });
    for (let first = 0; first < 1_400; first += 100)
      expect((await sendHttp(stage.httpAddress, orders(first, 100))).status).toBe(200);
    await judge(stage.people);
    const run = await stage.train(TRAINING_MS_MAX);
    expect(run.message).toBeUndefined();
    expect(run.state).toBe("PROMOTED");
    expect(run.heldOutLossAfter).toBeLessThan(run.heldOutLossBefore ?? 0);
    expect(JSON.parse(run.report ?? "{}")).toMatchObject({
      templates: 6,
      services: 1,
      feedback: { eventsExpected: 2, eventsLeftOut: 1 },
    });
    const { people } = stage;
    await waitFor("the status to name the new weights", async () =>
      (await people.statuses())[0]?.modelVersion === run.modelAfter ? true : undefined,
    );
  },
  TRAINING_MS_MAX,
);
