import { severityIndex } from "../detect/severity-index.ts";
import type { WindowConfig } from "../window/config.ts";
import type { ParsedRecord } from "../window/sequence-window.ts";
import type { Sequence } from "./corpus.ts";
import { type CorpusBuilder, PIECE_EVENTS_MAX } from "./corpus-builder.ts";
import { createParameterReader } from "./parameter-reader.ts";

/** Cuts streams of records into the sequences of a corpus. */
export interface SequenceCutter {
  /** In the order of arrival. A record without a time has the time NaN. */
  push(records: readonly ParsedRecord[]): void;
  /** Hands over what is still open; its end is not known. */
  close(): void;
}

/** A stream that may still go on. */
interface OpenRun {
  readonly service: string;
  readonly templates: number[];
  readonly severities: number[];
  readonly gaps: number[];
  /** Features of one event after those of the other. */
  readonly parameters: number[];
  startMs: number;
  lastMs: number;
  /** Whether the first event in the arrays is the first of a session. */
  begins: boolean;
  sessionEvents: number;
}

/**
 * Sequences as the windower would see them: with `type: session` from the session's begin to its end, else pieces of an
 * endless stream; with `type: time` a silence longer than the span parts them, because no window reaches over it.
 */
export function createSequenceCutter(builder: CorpusBuilder, config: WindowConfig): SequenceCutter {
  const hasEnds = config.type === "session";
  const silenceMs = { count: Number.POSITIVE_INFINITY, time: config.span_ms, session: config.idle_ms }[
    config.type
  ];
  /** In the order of their last record. */
  const runs = new Map<string, OpenRun>();
  const parameters = createParameterReader();

  const handOver = (run: OpenRun, isOver: boolean) => {
    const isKnown = hasEnds && isOver && run.sessionEvents <= config.max_session_events;
    if (run.templates.length > 0)
      builder.add(run.service, toSequence(run, isKnown), Number.isNaN(run.startMs) ? 0 : run.startMs);
    clear(run);
    run.begins = hasEnds && isOver;
    if (run.begins) run.sessionEvents = 0;
  };
  const add = (run: OpenRun, { match, timeMs, severityNumber, service }: ParsedRecord) => {
    const gapMs = Math.max(0, timeMs - run.lastMs) || 0;
    const isApart = gapMs > silenceMs;
    if (isApart) handOver(run, true);
    if (!Number.isNaN(timeMs)) run.lastMs = timeMs;
    const template = builder.templateOf(service, match.templateId, match.template);
    if (template === undefined) {
      handOver(run, false);
      return;
    }
    if (run.templates.length === 0) run.startMs = timeMs;
    run.templates.push(template);
    run.severities.push(severityIndex(severityNumber));
    run.gaps.push(isApart && hasEnds ? 0 : Math.log1p(gapMs / 1_000));
    run.parameters.push(...parameters.read(service, match));
    run.sessionEvents += 1;
    if (run.templates.length >= PIECE_EVENTS_MAX) handOver(run, false);
  };
  /** Streams that have been silent for too long by the log's own clock, and those beyond the bound. */
  const closeOldest = (nowMs: number) => {
    for (const [key, run] of runs) {
      const isOver = nowMs - run.lastMs > silenceMs;
      if (!isOver && runs.size <= config.max_streams) break;
      handOver(run, isOver);
      runs.delete(key);
    }
  };

  return {
    push(records) {
      for (const record of records) {
        const key = `${record.service}\0${record.stream}`;
        const run = runs.get(key) ?? openRun(record.service, hasEnds);
        add(run, record);
        runs.delete(key);
        runs.set(key, run);
        closeOldest(record.timeMs);
      }
    },
    close() {
      for (const run of runs.values()) handOver(run, false);
      runs.clear();
    },
  };
}

function openRun(service: string, begins: boolean): OpenRun {
  return {
    service,
    templates: [],
    severities: [],
    gaps: [],
    parameters: [],
    startMs: Number.NaN,
    lastMs: Number.NaN,
    begins,
    sessionEvents: 0,
  };
}

function clear(run: OpenRun): void {
  run.templates.length = 0;
  run.severities.length = 0;
  run.gaps.length = 0;
  run.parameters.length = 0;
  run.startMs = Number.NaN;
}

function toSequence(run: OpenRun, ends: boolean): Sequence {
  return {
    templates: Uint16Array.from(run.templates),
    severities: Uint8Array.from(run.severities),
    gaps: Float32Array.from(run.gaps),
    parameters: Float32Array.from(run.parameters),
    begins: run.begins,
    ends,
  };
}
