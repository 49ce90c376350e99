import { readFileSync } from "node:fs";
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readFeedback } from "../../processor/promote/read-feedback.ts";
import { writeFeedback } from "../../processor/promote/write-feedback.ts";
import type { Anomaly } from "../../store/anomaly.ts";
import { openStore } from "../../store/open-store.ts";
import type { Store } from "../../store/store.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { anAnomaly } from "../store-contract/an-anomaly.ts";

let store: Store;
let directory: string;
let file: string;
beforeEach(async () => {
  directory = temporaryDirectory("feedback");
  store = await openStore({ path: join(directory, "logbert.db") });
  file = join(directory, "work", "feedback.jsonl");
});
afterEach(() => store.close());

const event = (templateId: string, timeMs: number, isSubject = false) => ({
  templateId,
  template: `text of ${templateId}`,
  timeMs,
  severityNumber: 9,
  isSubject,
});
const judged = async (isTrueAnomaly: boolean, ...anomalies: readonly Anomaly[]) => {
  const nothing = {
    samples: [],
    histograms: [],
    services: [],
    templates: [],
    thresholds: [],
    status: undefined,
  };
  await store.saveBatch({ ...nothing, anomalies });
  for (const { id } of anomalies)
    await store.addFeedback({
      id: `f${id}`,
      anomalyId: id,
      isTrueAnomaly,
      note: undefined,
      author: undefined,
      createdAtMs: 0,
    });
};

it("writes nothing where nobody has said anything", async () => {
  expect(await writeFeedback(file, store)).toBe(false);
  expect(() => readFileSync(file)).toThrow("ENOENT");
});

it("writes what can be read again: true anomalies by their event, expected ones with their window", async () => {
  const window = [event("a", 900), event("t1", 1_000, true)];
  await judged(false, anAnomaly(1, { window }));
  await judged(true, anAnomaly(2, { templateId: "t2" }));
  expect(await writeFeedback(file, store)).toBe(true);
  const { trueAnomalies, expected } = await readFeedback(file);
  expect(trueAnomalies.has("shop", "t2", 2_000)).toBe(true);
  expect(trueAnomalies.has("shop", "t1", 1_000)).toBe(false);
  expect(expected).toMatchObject([
    {
      service: "shop",
      startMs: 900,
      ends: false,
      events: [
        { template: { id: "a", text: "text of a" }, gapMs: 0 },
        { template: { id: "t1", text: "text of t1" }, gapMs: 100 },
      ],
    },
  ]);
});

it("knows the end of a session, of which a silence is none, and passes over windows without ids", async () => {
  const window = [event("a", 900), event("b", 1_000)];
  const silence = { ...anAnomaly(2).explanation, detectors: [{ detector: "rate", pValue: 1e-6, share: 1 }] };
  await judged(
    false,
    anAnomaly(1, { window, kind: "end b" }),
    anAnomaly(2, { window, kind: "end b", explanation: silence }),
    anAnomaly(3),
    anAnomaly(4, { window, kind: "silence b" }),
  );
  await judged(true, anAnomaly(5, { window, templateId: "b", timeMs: 1_000, kind: "silence" }));
  await writeFeedback(file, store);
  const { expected, trueAnomalies } = await readFeedback(file);
  expect(expected).toMatchObject([{ ends: true, events: [{}, {}] }]);
  expect(trueAnomalies.has("shop", "b", 1_000)).toBe(false);
});

it("leaves out what cannot be read, and writes the rest", async () => {
  await judged(
    false,
    anAnomaly(1, { window: [event("a", 900, true)] }),
    anAnomaly(2, { window: [event("b", 900, true)] }),
    anAnomaly(3, { window: [event("c", 900, true)] }),
  );
  const database = new SqliteDatabase(join(directory, "logbert.db"));
  database.exec(`update anomalies set explanation = '{' where id = '${anAnomaly(1).id}';
    update anomalies set window_events = '{' where id = '${anAnomaly(2).id}'`);
  database.close();
  await writeFeedback(file, store);
  expect((await readFeedback(file)).expected).toMatchObject([{ events: [{ template: { id: "c" } }] }]);
});
