import { severityIndex } from "../../processor/detect/severity-index.ts";
import { type CorpusBuilder, PIECE_EVENTS_MAX } from "../../processor/learn/corpus-builder.ts";
import type { FeedbackUse } from "../../processor/learn/training-report.ts";
import {
  createEventSet,
  type EventSet,
  type RecordedFeedback,
} from "../../processor/promote/read-feedback.ts";
import { readRecorded } from "../../processor/promote/read-recorded.ts";
import type { RecordedEvent, RecordedRun } from "../../processor/promote/recorded-format.ts";

/** Where the sequences of a service go. */
export type BuilderOf = (service: string) => CorpusBuilder;

/** Streams that may still go on; beyond it the one that has been silent longest is taken as it is. */
const STREAMS_MAX = 10_000;

/** A stream's events that are no sequence yet. */
interface OpenSequence {
  readonly service: string;
  templates: number[];
  severities: number[];
  gaps: number[];
  startMs: number;
  begins: boolean;
}

/** Whether an event is to be passed over: its run is broken there. */
type IsLeftOut = (service: string, templateId: string, timeMs: number) => boolean;

/**
 * Reads what a stage recorded into corpora: runs that go on after each other are one sequence again. What people called a
 * true anomaly is left out, and what they called expected is learned from. Rejects with a RecordedFileError for a file that
 * is none.
 *
 * @param files oldest first
 * @returns what came of the feedback; undefined without any
 */
export async function readRecordedRuns(
  files: readonly string[],
  builderOf: BuilderOf,
  feedback?: RecordedFeedback,
): Promise<FeedbackUse | undefined> {
  const expected = createEventSet();
  const eventsExpected = feedback === undefined ? 0 : takeExpected(feedback, builderOf, expected);
  let eventsLeftOut = 0;
  // What is in a window of the feedback is learned from there, and asked about nowhere.
  const isLeftOut: IsLeftOut = (...event) => {
    if (feedback?.trueAnomalies.has(...event)) {
      eventsLeftOut += 1;
      return true;
    }
    return expected.has(...event);
  };
  const open = new Map<string, OpenSequence>();
  for (const file of files) {
    for await (const run of readRecorded(file)) {
      take(run, open, builderOf(run.service), isLeftOut);
      const [oldest] = open;
      if (open.size <= STREAMS_MAX || oldest === undefined) continue;
      finish(oldest[1], false, builderOf(oldest[1].service));
      open.delete(oldest[0]);
    }
  }
  for (const sequence of open.values()) finish(sequence, false, builderOf(sequence.service));
  return feedback === undefined ? undefined : { eventsExpected, eventsLeftOut };
}

/**
 * The windows go to what is learned from alone: what people picked for being odd is no sample to measure with. Windows of one
 * stream overlap: an event that an earlier one of the file holds is passed over, so that each is learned from once.
 *
 * @param expected notes the events in them
 * @returns how many events they have
 */
function takeExpected(
  { expected: runs, trueAnomalies }: RecordedFeedback,
  builderOf: BuilderOf,
  expected: EventSet,
): number {
  let events = 0;
  for (const run of runs) {
    const own: Parameters<IsLeftOut>[] = [];
    const isLeftOut: IsLeftOut = (...event) => {
      if (trueAnomalies.has(...event) || expected.has(...event)) return true;
      own.push(event);
      return false;
    };
    const builder = builderOf(run.service);
    const learned: CorpusBuilder = { ...builder, add: builder.addToTraining };
    const open = new Map<string, OpenSequence>();
    take(run, open, learned, isLeftOut);
    for (const sequence of open.values()) finish(sequence, false, learned);
    // Only now: two events of one window may have the same template and time.
    for (const event of own) expected.add(...event);
    events += own.length;
  }
  return events;
}

function take(
  run: RecordedRun,
  open: Map<string, OpenSequence>,
  builder: CorpusBuilder,
  isLeftOut: IsLeftOut,
): void {
  const key = `${run.service}\0${run.stream}`;
  const known = open.get(key);
  open.delete(key);
  if (known !== undefined && !run.continues) finish(known, false, builder);
  const sequence = (run.continues ? known : undefined) ?? {
    service: run.service,
    templates: [],
    severities: [],
    gaps: [],
    startMs: run.startMs,
    begins: run.begins,
  };
  let timeMs = run.startMs;
  for (const [index, event] of run.events.entries()) {
    if (index > 0) timeMs += event.gapMs;
    if (isLeftOut(run.service, event.template.id, timeMs)) finish(sequence, false, builder);
    else add(event, timeMs, sequence, builder);
  }
  if (run.ends) finish(sequence, true, builder);
  else open.set(key, sequence);
}
function add(
  { template: { id, text }, gapMs, severityNumber }: RecordedEvent,
  timeMs: number,
  sequence: OpenSequence,
  builder: CorpusBuilder,
): void {
  const template = builder.templateOf(sequence.service, id, text);
  if (template === undefined || sequence.templates.length >= PIECE_EVENTS_MAX)
    finish(sequence, false, builder);
  if (template === undefined) return;
  if (sequence.templates.length === 0) sequence.startMs = timeMs;
  sequence.templates.push(template);
  sequence.severities.push(severityIndex(severityNumber));
  sequence.gaps.push(Math.log1p(Math.max(0, gapMs) / 1000));
}

/** Hands the events over; what follows them is a sequence that does not begin anything. */
function finish(sequence: OpenSequence, ends: boolean, builder: CorpusBuilder): void {
  const { service, templates, severities, gaps, startMs, begins } = sequence;
  if (templates.length > 0) {
    builder.add(
      service,
      {
        templates: Uint16Array.from(templates),
        severities: Uint8Array.from(severities),
        gaps: Float32Array.from(gaps),
        parameters: undefined,
        begins,
        ends,
      },
      startMs,
    );
  }
  Object.assign(sequence, { templates: [], severities: [], gaps: [], begins: false });
}
