import { createRandom } from "../../generate/random.ts";
import { assertNoLeak } from "../assert-no-leak.ts";
import type { DetectorUnderTest, FitContext, OnRun } from "../detector-under-test.ts";
import type { EvaluationSet, Unit } from "../evaluation-set.ts";
import { exposureOf } from "../exposure.ts";
import { fitAndCalibrate, scoreAll } from "../score-detector.ts";
import { type DecidedRun, type DetectorResult, decide, summarise } from "../summarise.ts";
import type { Truth } from "../truth.ts";
import type { View } from "../views.ts";

/** So many events of a new system are seen, unlabelled and with what anomalies they have, before anything is judged. */
export const LEARNING_EVENTS = 10_000;
/**
 * The sets have no days: a day is 2,500 units, so that five false alarms a day are 0.2 % of normal units, the rate that
 * thresholds promise in the main table.
 */
export const DAY_UNITS = 2_500;
/** Units that are judged before a detector may go on learning from them. */
const BATCH_UNITS = 500;
/** One stream for every detector. */
const STREAM_SEED = 1;

/** The same units judged by a detector that is new to the system, and by one that was trained on its normal units. */
export interface ColdStartResult {
  readonly learningUnits: number;
  readonly judgedUnits: number;
  readonly cold: readonly DetectorResult[];
  readonly trained: readonly DetectorResult[];
}

/**
 * Cold start (MODEL 5.4): a stream of the test units, anomalies as frequent as in the full data set, by time where there are
 * times and in seeded order elsewhere. A detector learns from the first 10,000 events and judges the rest, and goes on
 * learning where it can. One that was trained elsewhere before must not have seen this system.
 *
 * @param onRun called before each run; rejects to stop
 * @throws as evaluateSet
 */
export async function evaluateColdStart(
  set: EvaluationSet,
  detectors: readonly DetectorUnderTest[],
  seeds: number,
  onRun: OnRun = async () => undefined,
): Promise<ColdStartResult> {
  assertNoLeak(set);
  const stream = createStream(set);
  if (stream.judged.length === 0)
    throw new Error(`${set.name}: its test ends before ${LEARNING_EVENTS} events have been learned`);
  const cold: DecidedRun[] = [];
  const trained: DecidedRun[] = [];
  for (const detector of detectors.filter((one) => one.appliesTo(set))) {
    for (let seed = 1; seed <= (detector.isSeeded ? seeds : 1); seed++) {
      await onRun(detector.name, seed);
      const context = { set: set.name, templates: set.templates, isSession: set.isSession, seed };
      cold.push(await judgeStream(detector, stream.learning, stream.judged, context));
      trained.push(await judgeStream(detector, set.train, stream.judged, context));
    }
  }
  const views = [viewOf(stream, set.truth.open())];
  return {
    learningUnits: stream.learning.length,
    judgedUnits: stream.judged.length,
    cold: summarise(`${set.name}, after ${LEARNING_EVENTS} events`, views, cold),
    trained: summarise(`${set.name}, trained`, views, trained),
  };
}

interface Stream {
  readonly learning: readonly Unit[];
  readonly judged: readonly Unit[];
  /** Places of the judged units in the test set. */
  readonly judgedIndexes: Uint32Array;
}

function createStream(set: EvaluationSet): Stream {
  const random = createRandom(STREAM_SEED);
  const order = [...set.truth.sample(STREAM_SEED)]
    .map((unit) => ({ unit, key: set.test[unit]?.timesMs?.[0] ?? random.next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ unit }) => unit);
  let [learningUnits, events] = [0, 0];
  while (events < LEARNING_EVENTS && learningUnits < order.length) {
    events += set.test[order[learningUnits] ?? 0]?.events.length ?? 0;
    learningUnits += 1;
  }
  const unitsAt = (indexes: readonly number[]) => indexes.flatMap((index) => set.test[index] ?? []);
  const judged = order.slice(learningUnits);
  return {
    learning: unitsAt(order.slice(0, learningUnits)),
    judged: unitsAt(judged),
    judgedIndexes: Uint32Array.from(judged),
  };
}

async function judgeStream(
  detector: DetectorUnderTest,
  train: readonly Unit[],
  judged: readonly Unit[],
  context: FitContext,
): Promise<DecidedRun> {
  const { scorer, calibration } = await fitAndCalibrate(detector, train, context);
  const scores = new Float64Array(judged.length);
  for (let from = 0; from < judged.length; from += BATCH_UNITS) {
    const batch = judged.slice(from, from + BATCH_UNITS);
    scores.set(await scoreAll(detector.name, scorer, batch, context.templates), from);
    await scorer.learn?.(batch, context.templates);
  }
  await scorer.close?.();
  return decide({ detector: detector.name, seed: context.seed, scores, calibration });
}

/** The truth of the judged units in the stream's order; each stands for itself, as the stream has their true frequency. */
function viewOf({ judged, judgedIndexes }: Stream, truth: Truth): View {
  const indexes = Uint32Array.from(judged.keys());
  const weights = new Float64Array(judged.length).fill(1);
  return {
    name: "all",
    indexes,
    truth: { isAnomaly: Uint8Array.from(judgedIndexes, (unit) => truth.isAnomaly[unit] ?? 0), weights },
    exposure: exposureOf(judged, indexes, weights),
  };
}
