import { pieceOf, type Sequence } from "./corpus.ts";

/** Share of a service's events, the latest ones, that no weight is learned from. */
const HELD_OUT = 0.2;
/** With fewer sequences than this a border may go through a sequence. */
const WHOLE_SEQUENCES_MIN = 20;

/**
 * Splits sequences, oldest first, at two moments: the first 80 % of the events train, the next 10 % select among weights,
 * the last 10 % test. No event is in two parts.
 */
export function splitHeldOut(sequences: readonly Sequence[]): {
  readonly train: readonly Sequence[];
  readonly selection: readonly Sequence[];
  readonly test: readonly Sequence[];
} {
  const [train, heldOut] = splitAt(sequences, 1 - HELD_OUT);
  const [selection, test] = splitAt(heldOut, 0.5);
  return { train, selection, test };
}

function splitAt(
  sequences: readonly Sequence[],
  share: number,
): readonly [before: readonly Sequence[], after: readonly Sequence[]] {
  const events = sequences.reduce((sum, { templates }) => sum + templates.length, 0);
  let left = Math.round(events * share);
  const index = sequences.findIndex(({ templates }) => {
    if (left < templates.length) return true;
    left -= templates.length;
    return false;
  });
  const atBorder = sequences[index];
  if (atBorder === undefined) return [sequences, []];
  if (sequences.length >= WHOLE_SEQUENCES_MIN || left === 0)
    return [sequences.slice(0, index), sequences.slice(index)];
  return [
    [...sequences.slice(0, index), pieceOf(atBorder, 0, left)],
    [pieceOf(atBorder, left, atBorder.templates.length), ...sequences.slice(index + 1)],
  ];
}
