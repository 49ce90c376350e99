import type { NumberedRecord } from "../faults/numbered-requests.ts";

/** What became of the records of a load. */
export interface Account {
  /** Records that never came. */
  readonly missing: number;
  /** Records that came again, each time. */
  readonly repeated: number;
  /** Records that came, for the first time, behind a later one of their stream. */
  readonly disordered: number;
}

/** @param sent how many records each stream has, which are numbered from 0 */
export function accountOf(sent: ReadonlyMap<string, number>, arrived: readonly NumberedRecord[]): Account {
  const seen = new Map<string, Set<number>>();
  const highest = new Map<string, number>();
  let [repeated, disordered] = [0, 0];
  for (const { stream, number } of arrived) {
    const numbers = seen.get(stream) ?? new Set();
    seen.set(stream, numbers);
    if (numbers.has(number)) repeated += 1;
    else if (number < (highest.get(stream) ?? -1)) disordered += 1;
    numbers.add(number);
    highest.set(stream, Math.max(highest.get(stream) ?? -1, number));
  }
  let missing = 0;
  for (const [stream, count] of sent)
    for (let number = 0; number < count; number += 1)
      if (seen.get(stream)?.has(number) !== true) missing += 1;
  return { missing, repeated, disordered };
}

/** Records of a stream that never came, and lie side by side. */
export interface Gap {
  readonly stream: string;
  readonly from: number;
  /** The last one. */
  readonly to: number;
}

/** @param sent as for {@link accountOf} */
export function gapsOf(
  sent: ReadonlyMap<string, number>,
  arrived: readonly NumberedRecord[],
): readonly Gap[] {
  const byStream = Map.groupBy(arrived, ({ stream }) => stream);
  return [...sent].flatMap(([stream, count]) => {
    const seen = new Set((byStream.get(stream) ?? []).map(({ number }) => number));
    const gaps: Gap[] = [];
    for (let from = 0; from < count; from += 1) {
      if (seen.has(from)) continue;
      let to = from;
      while (to + 1 < count && !seen.has(to + 1)) to += 1;
      gaps.push({ stream, from, to });
      from = to;
    }
    return gaps;
  });
}
