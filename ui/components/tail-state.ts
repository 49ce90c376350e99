import type { TailRecord } from "./tail-record.ts";

/** Rows that the tail keeps at most, shown and waiting each. */
export const TAIL_ROWS_MAX = 2_000;

/** What the tail is narrowed to; an empty string and 0 narrow nothing. */
export interface TailFilter {
  readonly service: string;
  readonly text: string;
  readonly minScore: number;
  readonly isOnlyAnomalies: boolean;
}

/** A line of the tail: a record, or a gap in which records may have come that nobody was told of. */
export type TailEntry =
  | { readonly kind: "record"; readonly key: number; readonly record: TailRecord }
  | {
      readonly kind: "gap";
      readonly key: number;
      readonly fromMs: number;
      /** Undefined while it lasts. */
      readonly toMs: number | undefined;
    }
  | {
      /** Records that came during a pause and were too many to keep. */
      readonly kind: "skipped";
      readonly key: number;
      readonly records: number;
    };

/** Whether new records are shown: they are, or the reader scrolled away, or asked for a pause. */
export type TailMode = "following" | "scrolled" | "paused";

/** The tail, oldest first. */
export interface TailState {
  readonly filter: TailFilter;
  readonly mode: TailMode;
  /** The last that came, whatever the filter: what a changed filter looks at. */
  readonly recent: readonly TailEntry[];
  /** What is on the page. */
  readonly shown: readonly TailEntry[];
  /** Matching entries that came during a pause. */
  readonly waiting: readonly TailEntry[];
  /** Matching records that came during a pause, those that are kept no longer included. */
  readonly waitingRecords: number;
  readonly nextKey: number;
}

/** What can happen to the tail. */
export type TailEvent =
  | { readonly kind: "came"; readonly records: readonly TailRecord[] }
  | { readonly kind: "lost"; readonly atMs: number }
  | { readonly kind: "restored"; readonly atMs: number }
  | { readonly kind: "filtered"; readonly filter: TailFilter }
  | { readonly kind: "scrolled-away" }
  | { readonly kind: "scrolled-to-end" }
  | { readonly kind: "paused" }
  | { readonly kind: "resumed" };

/** A tail to which nothing has come yet. */
export function emptyTail(filter: TailFilter): TailState {
  return {
    filter,
    mode: "following",
    recent: [],
    shown: [],
    waiting: [],
    waitingRecords: 0,
    nextKey: 0,
  };
}

/** The tail after an event; during a pause what is shown stands still. */
export function tailReducer(state: TailState, event: TailEvent): TailState {
  switch (event.kind) {
    case "came":
      return appended(
        state,
        event.records.map((record, index) => ({ kind: "record", key: state.nextKey + index, record })),
      );
    case "lost":
      if (state.recent.length === 0) return state;
      return appended(state, [{ kind: "gap", key: state.nextKey, fromMs: event.atMs, toMs: undefined }]);
    case "restored":
      return withClosedGap(state, event.atMs);
    case "filtered":
      return filtered(state, event.filter);
    case "scrolled-away":
      return state.mode === "following" ? { ...state, mode: "scrolled" } : state;
    case "scrolled-to-end":
      return state.mode === "scrolled" ? resumed(state) : state;
    case "paused":
      return { ...state, mode: "paused" };
    case "resumed":
      return resumed(state);
  }
}

function appended(state: TailState, entries: readonly TailEntry[]): TailState {
  const matching = entries.filter((entry) => matches(entry, state.filter));
  const next = {
    ...state,
    recent: newest([...state.recent, ...entries]),
    nextKey: state.nextKey + entries.length,
  };
  if (matching.length === 0) return next;
  if (state.mode === "following") return { ...next, shown: newest([...state.shown, ...matching]) };
  return {
    ...next,
    // One less than is shown, so that there is room for the mark of those that are not kept.
    waiting: [...state.waiting, ...matching].slice(1 - TAIL_ROWS_MAX),
    waitingRecords: state.waitingRecords + countRecords(matching),
  };
}

function resumed(state: TailState): TailState {
  const skipped = state.waitingRecords - countRecords(state.waiting);
  const mark: readonly TailEntry[] =
    skipped > 0 ? [{ kind: "skipped", key: state.nextKey, records: skipped }] : [];
  return {
    ...state,
    mode: "following",
    shown: newest([...state.shown, ...mark, ...state.waiting]),
    waiting: [],
    waitingRecords: 0,
    nextKey: state.nextKey + mark.length,
  };
}

/** A filter shows the latest; what the one before it had kept for long stays where it matches this one, too. */
function filtered(state: TailState, filter: TailFilter): TailState {
  const known = new Map(
    [...state.shown, ...state.waiting, ...state.recent].map((entry) => [entry.key, entry]),
  );
  const entries = [...known.values()].filter((entry) => matches(entry, filter)).sort((a, b) => a.key - b.key);
  return { ...state, filter, shown: newest(entries), waiting: [], waitingRecords: 0 };
}

function withClosedGap(state: TailState, atMs: number): TailState {
  const close = (entry: TailEntry): TailEntry =>
    entry.kind === "gap" && entry.toMs === undefined ? { ...entry, toMs: atMs } : entry;
  return {
    ...state,
    recent: state.recent.map(close),
    shown: state.shown.map(close),
    waiting: state.waiting.map(close),
  };
}

function matches(entry: TailEntry, filter: TailFilter): boolean {
  if (entry.kind !== "record") return true;
  const { record } = entry;
  if (filter.service !== "" && record.service !== filter.service) return false;
  if (filter.isOnlyAnomalies && !record.isAnomaly) return false;
  if (filter.minScore > 0 && (record.score ?? 0) < filter.minScore) return false;
  if (filter.text === "") return true;
  const wanted = filter.text.toLowerCase();
  return record.body.toLowerCase().includes(wanted) || record.template.toLowerCase().includes(wanted);
}

function newest(entries: readonly TailEntry[]): readonly TailEntry[] {
  return entries.length <= TAIL_ROWS_MAX ? entries : entries.slice(-TAIL_ROWS_MAX);
}

function countRecords(entries: readonly TailEntry[]): number {
  return entries.reduce((count, entry) => count + (entry.kind === "record" ? 1 : 0), 0);
}
