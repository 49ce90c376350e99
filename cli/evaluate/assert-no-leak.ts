import type { EvaluationSet, Unit } from "./evaluation-set.ts";

/** A data set whose test is not independent of its training. */
export class LeakError extends Error {
  override readonly name = "LeakError";
}

/** How much of the test repeats itself or the training; no error, but a figure to read results with. */
export interface Duplicates {
  readonly distinctTest: number;
  /** Test units whose sequence is in training too. */
  readonly testSeenInTraining: number;
}

/**
 * Refuses a data set in which a line is in two units, a session in two splits, or, where there are times, a part of the
 * training not before the whole test, and one whose labels have been looked at or are not as many as its test units.
 *
 * @throws LeakError that names the data set and the place
 */
export function assertNoLeak(set: EvaluationSet): Duplicates {
  const fail = (problem: string): never => {
    throw new LeakError(`${set.name}: ${problem}`);
  };
  if (!set.truth.isSealed) fail("its labels have been read before the report");
  if (set.truth.size !== set.test.length)
    fail(`it has ${set.test.length} test units and ${set.truth.size} labels`);
  if (set.train.length < 2) fail(`${set.train.length} normal units are too few to train and calibrate with`);
  const line = sharedLine([...set.train, ...set.test]);
  if (line !== undefined) fail(`${line} is in two units`);
  const session = sharedSession(set.train, set.test);
  if (session !== undefined) fail(`session ${session} is in training and in the test`);
  const early = testedTooEarly(set.train, set.test);
  if (early !== undefined)
    fail(
      `line ${early.fromLine} of ${early.file} is tested at a time that is not after the whole of the training`,
    );
  return duplicatesOf(set);
}

function sharedLine(units: readonly Unit[]): string | undefined {
  const sources = units.map(({ source }) => source);
  sources.sort((a, b) => (a.file === b.file ? a.fromLine - b.fromLine : a.file < b.file ? -1 : 1));
  const at = sources.findIndex((source, i) => {
    const before = sources[i - 1];
    return before?.file === source.file && source.fromLine <= before.toLine;
  });
  const found = sources[at];
  return found === undefined ? undefined : `line ${found.fromLine} of ${found.file}`;
}

function sharedSession(train: readonly Unit[], test: readonly Unit[]): string | undefined {
  const trained = new Set(train.map(({ session }) => session));
  return test.find(({ session }) => session !== undefined && trained.has(session))?.session;
}

function testedTooEarly(train: readonly Unit[], test: readonly Unit[]): Unit["source"] | undefined {
  let last = Number.NEGATIVE_INFINITY;
  for (const { timesMs = [] } of train) for (const time of timesMs) last = Math.max(last, time);
  return test.find(({ timesMs = [] }) => timesMs.some((time) => time <= last))?.source;
}

function duplicatesOf({ train, test }: EvaluationSet): Duplicates {
  const trained = new Set(train.map(({ events }) => events.join(" ")));
  const tested = test.map(({ events }) => events.join(" "));
  return {
    distinctTest: new Set(tested).size,
    testSeenInTraining: tested.filter((sequence) => trained.has(sequence)).length,
  };
}
