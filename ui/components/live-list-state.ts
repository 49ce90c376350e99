/** Rows that the list keeps at most; who looks further back narrows the filter. */
export const ROWS_MAX = 2_000;

/** What every row of a live list has. */
export interface LiveRow {
  /** A ULID: its order is that of detection. */
  readonly id: string;
  /** What it is a row of: an incident has the id of its first anomaly. */
  readonly kind: string;
}

/** A part of the list, newest first. */
export interface RowPage<Row extends LiveRow> {
  readonly rows: readonly Row[];
  /** Where the next page begins; undefined when there is none. */
  readonly nextCursor: string | undefined;
}

/** A list that grows at its top while it is read, newest first. */
export interface LiveListState<Row extends LiveRow> extends RowPage<Row> {
  /** Arrived while the reader was further down; they join when asked for, so that nothing moves under the eyes. */
  readonly held: readonly Row[];
  /** Set when more was missed than `held` has: then it replaces the rows when it is asked for, and goes on from here. */
  readonly heldPage: RowPage<Row> | undefined;
  /** The id of the row that arrived last, to be pointed out. */
  readonly freshId: string | undefined;
  /** How many have arrived live since the list was started. */
  readonly arrivals: number;
  readonly phase: "loading" | "loading-more" | "ready" | "failed";
  readonly error: unknown;
}

/** What can happen to the list. `isHeld` says that the reader is further down. */
export type LiveListEvent<Row extends LiveRow> =
  | { readonly kind: "restarted" }
  | { readonly kind: "asked-more" }
  | { readonly kind: "page"; readonly page: RowPage<Row> }
  | { readonly kind: "newest"; readonly page: RowPage<Row>; readonly isHeld: boolean }
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "arrived"; readonly row: Row; readonly isHeld: boolean }
  | { readonly kind: "released" }
  /** Replaces a row where it is; one that is not there is left out. */
  | { readonly kind: "changed"; readonly row: Row }
  /** Makes each row what it then is; one that stays the same object stays as it is. */
  | { readonly kind: "renewed"; readonly renew: (row: Row) => Row };

/** A list that waits for its first page. */
export const loadingList: LiveListState<never> = {
  rows: [],
  held: [],
  heldPage: undefined,
  freshId: undefined,
  arrivals: 0,
  nextCursor: undefined,
  phase: "loading",
  error: undefined,
};

/** The list after an event: pages, live arrivals and what was missed while disconnected, each row once. */
export function liveListReducer<Row extends LiveRow>(
  state: LiveListState<Row>,
  event: LiveListEvent<Row>,
): LiveListState<Row> {
  switch (event.kind) {
    case "restarted":
      return loadingList;
    case "asked-more":
      return { ...state, phase: "loading-more", error: undefined };
    case "page":
      return bounded({
        ...settled(state),
        rows: merge(state.rows, event.page.rows),
        nextCursor: event.page.nextCursor,
      });
    case "newest":
      return withNewest(settled(state), event.page, event.isHeld);
    case "failed":
      return { ...state, phase: "failed", error: event.error };
    case "arrived":
      return arrived(state, event.row, event.isHeld);
    case "released":
      return released(state);
    case "changed":
      return changed(state, event.row);
    case "renewed":
      return { ...state, rows: state.rows.map(event.renew), held: state.held.map(event.renew) };
  }
}

function arrived<Row extends LiveRow>(
  state: LiveListState<Row>,
  row: Row,
  isHeld: boolean,
): LiveListState<Row> {
  if (isKnown(state, row)) return changed(state, row);
  // What belongs to a page that is not loaded yet would leave a gap above it.
  const last = state.rows.at(-1);
  if (last !== undefined && state.nextCursor !== undefined && row.id < last.id) return state;
  const arrivals = state.arrivals + 1;
  if (isHeld) return { ...state, arrivals, held: merge([row], state.held).slice(0, ROWS_MAX) };
  return bounded({ ...state, arrivals, rows: merge([row], state.rows), freshId: row.id });
}

/** More may have been missed than one page holds: then the old rows would follow after a gap, so they go. */
function withNewest<Row extends LiveRow>(
  state: LiveListState<Row>,
  page: RowPage<Row>,
  isHeld: boolean,
): LiveListState<Row> {
  const known = new Set(state.rows.map((row) => row.id));
  const isAdjacent = page.nextCursor === undefined || page.rows.some((row) => known.has(row.id));
  if (!isHeld || known.size === 0) {
    return isAdjacent && known.size > 0
      ? bounded({ ...state, rows: merge(page.rows, state.rows) })
      : { ...state, rows: page.rows, held: [], heldPage: undefined, nextCursor: page.nextCursor };
  }
  const fresh = page.rows.filter((row) => !known.has(row.id));
  const rows = page.rows.reduce((so, row) => (known.has(row.id) ? replaced(so, row) : so), state.rows);
  return {
    ...state,
    rows,
    held: merge(fresh, state.held).slice(0, ROWS_MAX),
    heldPage: isAdjacent ? state.heldPage : page,
  };
}

function released<Row extends LiveRow>(state: LiveListState<Row>): LiveListState<Row> {
  const { heldPage: page, held } = state;
  return bounded({
    ...state,
    rows: merge(held, page === undefined ? state.rows : page.rows),
    nextCursor: page === undefined ? state.nextCursor : page.nextCursor,
    held: [],
    heldPage: undefined,
    freshId: held[0]?.id,
  });
}

function isKnown<Row extends LiveRow>(state: LiveListState<Row>, row: Row): boolean {
  return [...state.rows, ...state.held].some((one) => isSame(one, row));
}

function isSame(one: LiveRow, other: LiveRow): boolean {
  return one.id === other.id && one.kind === other.kind;
}

function changed<Row extends LiveRow>(state: LiveListState<Row>, row: Row): LiveListState<Row> {
  return { ...state, rows: replaced(state.rows, row), held: replaced(state.held, row) };
}

function replaced<Row extends LiveRow>(rows: readonly Row[], changedRow: Row): readonly Row[] {
  return rows.map((row) => (isSame(row, changedRow) ? changedRow : row));
}

function settled<Row extends LiveRow>(state: LiveListState<Row>): LiveListState<Row> {
  return { ...state, phase: "ready", error: undefined };
}

function merge<Row extends LiveRow>(first: readonly Row[], second: readonly Row[]): readonly Row[] {
  const byId = new Map(second.map((row) => [row.id, row]));
  for (const row of first) byId.set(row.id, row);
  return [...byId.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
}

function bounded<Row extends LiveRow>(state: LiveListState<Row>): LiveListState<Row> {
  if (state.rows.length < ROWS_MAX) return state;
  return { ...state, rows: state.rows.slice(0, ROWS_MAX), nextCursor: undefined };
}
