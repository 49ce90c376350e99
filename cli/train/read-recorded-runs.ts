import { severityIndex } from "../../processor/detect/severity-index.ts";
import { type CorpusBuilder, PIECE_EVENTS_MAX } from "../../processor/learn/corpus-builder.ts";
import { readRecorded } from "../../processor/promote/read-recorded.ts";
import type { RecordedEvent, RecordedRun } from "../../processor/promote/recorded-format.ts";

/** What a stage has recorded. */
export interface RecordedInput {
  /** Oldest first. */
  readonly files: readonly string[];
  /** Undefined: the records of all services. */
  readonly onlyService: string | undefined;
}

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

/** Reads what a stage recorded into a corpus: runs that go on after each other are one sequence again. Rejects with a
 * RecordedFileError for a file that is none. */
export async function readRecordedRuns(
  { files, onlyService }: RecordedInput,
  builder: CorpusBuilder,
): Promise<void> {
  const open = new Map<string, OpenSequence>();
  for (const file of files) {
    for await (const run of readRecorded(file)) {
      if (onlyService !== undefined && run.service !== onlyService) continue;
      take(run, open, builder);
      const [oldest] = open;
      if (open.size <= STREAMS_MAX || oldest === undefined) continue;
      finish(oldest[1], false, builder);
      open.delete(oldest[0]);
    }
  }
  for (const sequence of open.values()) finish(sequence, false, builder);
}

function take(run: RecordedRun, open: Map<string, OpenSequence>, builder: CorpusBuilder): void {
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
    add(event, timeMs, sequence, builder);
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
  sequence.gaps.push(Math.log1p(gapMs / 1000));
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
