import { oddEnds } from "./calibrate/odd-ends.ts";
import type { Judge } from "./calibrate/verdict.ts";
import type { Detector } from "./detect/detector.ts";
import type { Judged } from "./enrich/enrich.ts";
import type { Breathe } from "./flow/breathe.ts";
import type { Gathering, Waiting } from "./flow/gathering.ts";
import { packSmall, workOf } from "./flow/slices.ts";
import type { JudgedSlice } from "./scoring.ts";
import { letGoOfParameters } from "./window/let-go.ts";
import type { Repeats } from "./window/repeats.ts";
import type { SequenceWindow } from "./window/sequence-window.ts";
import type { ExportRequest } from "./wire/record-view.ts";

/** What was judged, and is to be learned from. */
export interface Lesson {
  /** Undefined for what has no record: sessions that fell silent. */
  readonly request: ExportRequest | undefined;
  readonly slices: readonly JudgedSlice[];
}

/** Who learns. */
export interface TeachingRooms {
  readonly detectors: readonly Detector[];
  readonly judge: Judge;
  readonly breathe: Breathe;
  /** Undefined where each record counts as often as it comes. */
  readonly repeats: Repeats | undefined;
  /** Where small lessons wait for each other. */
  readonly toTeach: Gathering<Lesson, void>;
  /** After the acknowledgement, a request as a whole; never waits. */
  readonly show: (request: ExportRequest, judged: Judged) => void;
  /** After the acknowledgement, in slices; never waits. */
  readonly remember: (request: ExportRequest | undefined, judged: Judged) => void;
  /** Has what these windows will teach for the first time written down; undefined where that is nothing. Waits for no more than
   * a moment. */
  readonly writeDown: (windows: readonly SequenceWindow[]) => Promise<void> | undefined;
  /** What the stage has just learned from; never waits. */
  readonly record: (windows: readonly SequenceWindow[], findings: Judged["findings"]) => void;
  readonly observer: {
    /** Something of ours that broke after the acknowledgement; the records are safe. */
    failed(what: string, cause: unknown): void;
  };
}

/** All that is known of a request on its way. */
export interface Work {
  readonly request: ExportRequest;
  readonly judged: Judged;
  /** What is learned from. */
  readonly slices: readonly JudgedSlice[];
  /** Whether it has taught: of several tries of one request that the next hop takes, only the first does. */
  hasTaught: boolean;
}

/** The request's records are safe at the next hop: now, and only now, they teach, in their turn. What is new in them is written
 * down first. */
export async function acknowledge(work: Work, rooms: TeachingRooms): Promise<void> {
  if (work.hasTaught) return;
  work.hasTaught = true;
  const { request, judged, slices } = work;
  let written: Promise<void> | undefined;
  attempt("knowing records again", () => rooms.repeats?.take(request.records, judged.parsed), rooms);
  attempt("showing records", () => rooms.show(request, judged), rooms);
  attempt(
    "writing down what is new",
    () => {
      written = rooms.writeDown(slices.flatMap(({ windows }) => windows));
    },
    rooms,
  );
  void teach({ request, slices }, rooms);
  await written;
}

/** Learns in its turn. Never rejects. What is remembered has been announced to the next hop, whatever becomes of learning. */
export function teach(lesson: Lesson, rooms: TeachingRooms): Promise<void> {
  const work = lesson.slices.reduce((sum, slice) => sum + workToLearn(slice), 0);
  return rooms.toTeach.add(lesson, work, (waiting) => learn(waiting, rooms));
}

/** A slice with the request that it comes from. */
interface Taught extends JudgedSlice {
  readonly request: ExportRequest | undefined;
}

async function learn(waiting: readonly Waiting<Lesson, void>[], rooms: TeachingRooms): Promise<void> {
  const all = waiting.flatMap(({ item: { request, slices } }) =>
    slices.map((slice) => ({ ...slice, request })),
  );
  for (const together of packSmall(all, workToLearn)) {
    await rooms.breathe();
    attempt("learning", () => learnSlices(together, rooms), rooms);
    for (const { request, judged } of together)
      attempt("remembering", () => rooms.remember(request, judged), rooms);
  }
  for (const { answer } of waiting) answer();
}

/** What was not judged has no windows to learn from, but records to be remembered. */
function workToLearn({ windows, judged }: JudgedSlice): number {
  return Math.max(workOf(windows), judged.parsed.length);
}

/** A detector that cannot learn keeps nobody else from it. */
function learnSlices(slices: readonly Taught[], { detectors, judge, record, observer }: TeachingRooms): void {
  const windows = slices.flatMap((slice) => slice.windows);
  if (windows.length === 0) return;
  const findings = slices
    .filter((slice) => slice.windows.length > 0)
    .flatMap(({ judged }) => judged.findings);
  const odd = oddEnds(findings);
  for (const detector of detectors)
    attempt(`learning of ${detector.name}`, () => detector.learn(windows, odd), { observer });
  judge.learn(findings);
  record(windows, findings);
  for (const window of windows) letGoOfParameters(window);
}

function attempt(what: string, step: () => void, { observer }: Pick<TeachingRooms, "observer">): void {
  try {
    step();
  } catch (cause) {
    observer.failed(what, cause);
  }
}
