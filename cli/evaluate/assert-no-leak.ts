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
 * Refuses a data set in which a line is in two units, a session in two splits, or the training of a stream not before its
 * test, and one whose labels have been looked at or are not as many as its test units.
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
  const stream = streamOutOfOrder(set.train, set.test);
  if (stream !== undefined) fail(`stream ${stream} is tested on a time that is not after its training`);
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

function streamOutOfOrder(train: readonly Unit[], test: readonly Unit[]): string | undefined {
  const lastOf = new Map<string, number>();
  for (const { stream, timesMs = [] } of train) {
    if (stream === undefined) continue;
    for (const time of timesMs) lastOf.set(stream, Math.max(time, lastOf.get(stream) ?? time));
  }
  return test.find(({ stream, timesMs = [] }) => {
    const last = stream === undefined ? undefined : lastOf.get(stream);
    return last !== undefined && timesMs.some((time) => time <= last);
  })?.stream;
}

function duplicatesOf({ train, test }: EvaluationSet): Duplicates {
  const trained = new Set(train.map(({ events }) => events.join(" ")));
  const tested = test.map(({ events }) => events.join(" "));
  return {
    distinctTest: new Set(tested).size,
    testSeenInTraining: tested.filter((sequence) => trained.has(sequence)).length,
  };
}
