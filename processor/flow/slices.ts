import type { ParsedRecord, SequenceWindow, Session } from "../window/sequence-window.ts";

/** Some of a request's windows, and the records that they judge: what is scored, judged or learned from in one piece. */
export interface Slice {
  readonly windows: readonly SequenceWindow[];
  readonly parsed: readonly ParsedRecord[];
}

/** Work of a slice, in records. */
export const SLICE_RECORDS = 128;
/** What the end of a session weighs: it is compared with many others. */
const END_WORK = 4;

/**
 * Cuts a request's windows so that no slice keeps the thread for long. The windows of a session that ends among them stay
 * together, because its end is judged by all of them; the windows of each stream stay in their order.
 * @param parsed the request's records, in their order
 */
export function cutSlices(
  windows: readonly SequenceWindow[],
  parsed: readonly ParsedRecord[],
): readonly Slice[] {
  const slices: Slice[] = [];
  let taken: SequenceWindow[] = [];
  let work = 0;
  const cut = () => {
    if (taken.length > 0) slices.push({ windows: taken, parsed: recordsOf(taken, parsed) });
    taken = [];
    work = 0;
  };
  for (const group of groupsOf(windows)) {
    for (const window of group) taken.push(window);
    work += workOf(group);
    if (work >= SLICE_RECORDS) cut();
  }
  cut();
  return slices;
}

/** Pieces in their order, in packs; those that come to no more than one slice's work go together. */
export function packSmall<T>(pieces: Iterable<T>, workIn: (piece: T) => number): readonly (readonly T[])[] {
  const packs: T[][] = [];
  let work = Number.POSITIVE_INFINITY;
  for (const piece of pieces) {
    const own = workIn(piece);
    work += own;
    if (work > SLICE_RECORDS) {
      packs.push([]);
      work = own;
    }
    packs.at(-1)?.push(piece);
  }
  return packs;
}

/** What scoring or learning from these takes, in records: the end of a session, which has none, is work as well. */
export function workOf(windows: readonly SequenceWindow[]): number {
  let work = 0;
  for (const { events, freshFrom, isClosed } of windows)
    work += events.length - freshFrom + (isClosed ? END_WORK : 0);
  return work;
}

/** The windows of each session that ends among them as one group, at the place of its first; the others by themselves. */
function groupsOf(windows: readonly SequenceWindow[]): readonly (readonly SequenceWindow[])[] {
  const ending = new Map<Session, SequenceWindow[]>();
  for (const { isClosed, session } of windows) if (isClosed) ending.set(session, []);
  const groups: SequenceWindow[][] = [];
  for (const window of windows) {
    const group = ending.get(window.session) ?? [];
    if (group.length === 0) groups.push(group);
    group.push(window);
  }
  return groups;
}

function recordsOf(
  windows: readonly SequenceWindow[],
  parsed: readonly ParsedRecord[],
): readonly ParsedRecord[] {
  const records: ParsedRecord[] = [];
  for (const { freshRecords } of windows)
    for (const index of freshRecords) {
      const record = parsed[index];
      if (record !== undefined) records.push(record);
    }
  return records;
}
