import type { AnomalyRowData } from "./anomaly-row.ts";

/** Rows that the list keeps at most; who looks further back narrows the filter. */
export const ROWS_MAX = 2_000;

/** The list of anomalies, newest first. Ids are ULIDs, so their order is the order of detection. */
export interface AnomalyListState {
  readonly rows: readonly AnomalyRowData[];
  /** Arrived while the reader was further down; they join when asked for, so that nothing moves under the eyes. */
  readonly held: readonly AnomalyRowData[];
  /** The id of the row that arrived last, to be pointed out. */
  readonly freshId: string | undefined;
  /** How many have arrived live since the list was started. */
  readonly arrivals: number;
  /** Where the next page begins; undefined when there is none. */
  readonly nextCursor: string | undefined;
  readonly phase: "loading" | "loading-more" | "ready" | "failed";
  readonly error: unknown;
}

/** What can happen to the list. */
export type AnomalyListEvent =
  | { readonly kind: "restarted" }
  | { readonly kind: "asked-more" }
  | {
      readonly kind: "page";
      readonly rows: readonly AnomalyRowData[];
      readonly nextCursor: string | undefined;
    }
  | {
      readonly kind: "newest";
      readonly rows: readonly AnomalyRowData[];
      readonly nextCursor: string | undefined;
    }
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "arrived"; readonly row: AnomalyRowData; readonly isHeld: boolean }
  | { readonly kind: "released" }
  | { readonly kind: "feedback"; readonly id: string; readonly feedback: AnomalyRowData["feedback"] };

/** A list that waits for its first page. */
export const loadingList: AnomalyListState = {
  rows: [],
  held: [],
  freshId: undefined,
  arrivals: 0,
  nextCursor: undefined,
  phase: "loading",
  error: undefined,
};

/** The list after an event: pages, live arrivals and what was missed while disconnected, each row once. */
export function anomalyListReducer(state: AnomalyListState, event: AnomalyListEvent): AnomalyListState {
  switch (event.kind) {
    case "restarted":
      return loadingList;
    case "asked-more":
      return { ...state, phase: "loading-more", error: undefined };
    case "page":
      return bounded({
        ...settled(state),
        rows: merge(state.rows, event.rows),
        nextCursor: event.nextCursor,
      });
    case "newest":
      return withNewest(state, event);
    case "failed":
      return { ...state, phase: "failed", error: event.error };
    case "arrived":
      return arrived(state, event.row, event.isHeld);
    case "released":
      return bounded({ ...state, rows: merge(state.held, state.rows), held: [], freshId: state.held[0]?.id });
    case "feedback":
      return {
        ...state,
        rows: state.rows.map((row) => (row.id === event.id ? { ...row, feedback: event.feedback } : row)),
      };
  }
}

function arrived(state: AnomalyListState, row: AnomalyRowData, isHeld: boolean): AnomalyListState {
  const arrivals = state.arrivals + 1;
  if (isHeld) return { ...state, arrivals, held: merge([row], state.held).slice(0, ROWS_MAX) };
  return bounded({ ...state, arrivals, rows: merge([row], state.rows), freshId: row.id });
}

/** More may have been missed than one page holds: then the old rows would follow after a gap, so they go. */
function withNewest(
  state: AnomalyListState,
  page: { readonly rows: readonly AnomalyRowData[]; readonly nextCursor: string | undefined },
): AnomalyListState {
  const known = new Set(state.rows.map((row) => row.id));
  const isAdjacent = page.nextCursor === undefined || page.rows.some((row) => known.has(row.id));
  if (isAdjacent && known.size > 0) return bounded({ ...settled(state), rows: merge(page.rows, state.rows) });
  return { ...settled(state), rows: page.rows, held: [], nextCursor: page.nextCursor };
}

function settled(state: AnomalyListState): AnomalyListState {
  return { ...state, phase: "ready", error: undefined };
}

function merge(
  first: readonly AnomalyRowData[],
  second: readonly AnomalyRowData[],
): readonly AnomalyRowData[] {
  const byId = new Map(second.map((row) => [row.id, row]));
  for (const row of first) byId.set(row.id, row);
  return [...byId.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
}

function bounded(state: AnomalyListState): AnomalyListState {
  if (state.rows.length < ROWS_MAX) return state;
  return { ...state, rows: state.rows.slice(0, ROWS_MAX), nextCursor: undefined };
}
