import { fingerprintOf } from "./fingerprint.ts";

/** What must have arrived, and what may have. */
export interface Ledger {
  /** The request was acknowledged: it must arrive once. */
  acknowledged(request: Uint8Array, place: number): void;
  /** The sender left before it was answered: it may arrive once. */
  unknown(request: Uint8Array, place: number): void;
  /** Compares with what arrived since the last time, while nothing is on its way. */
  settle(arrived: Map<string, number>): readonly Discrepancy[];
}

/** A request that did not arrive as often as it should have. */
export interface Discrepancy {
  readonly problem: string;
  /** Of the case, where it is known. */
  readonly place: number | undefined;
}

/** Nothing is in it: no record can be lost or doubled. */
const EMPTY = fingerprintOf(new Uint8Array(0)).digest;

/** So many requests of senders that left are remembered for the next window. */
const UNKNOWN_MAX = 1_000;

/** An empty ledger. */
export function createLedger(): Ledger {
  const due = new Map<string, number[]>();
  let mayCome = new Map<string, number>();
  const add = (request: Uint8Array, place: number) => {
    const { digest } = fingerprintOf(request);
    due.set(digest, [...(due.get(digest) ?? []), place]);
  };
  return {
    acknowledged: add,
    unknown: (request, place) => void mayCome.set(fingerprintOf(request).digest, place),
    settle(arrived) {
      const problems = [...surplusOf(arrived, due, mayCome), ...lossesOf(arrived, due)];
      due.clear();
      mayCome = new Map([...mayCome].slice(-UNKNOWN_MAX));
      return problems;
    },
  };
}

function surplusOf(
  arrived: ReadonlyMap<string, number>,
  due: ReadonlyMap<string, readonly number[]>,
  mayCome: Map<string, number>,
): readonly Discrepancy[] {
  return [...arrived].flatMap(([digest, count]) => {
    const expected = due.get(digest) ?? [];
    const surplus = count - expected.length;
    if (surplus <= 0 || digest === EMPTY) return [];
    const place = mayCome.get(digest);
    if (surplus === 1 && mayCome.delete(digest)) return [];
    const problem = `arrived ${count} times, acknowledged ${expected.length} times`;
    return [{ problem, place: expected[0] ?? place }];
  });
}

function lossesOf(
  arrived: ReadonlyMap<string, number>,
  due: ReadonlyMap<string, readonly number[]>,
): readonly Discrepancy[] {
  return [...due].flatMap(([digest, places]) => {
    const count = arrived.get(digest) ?? 0;
    return count >= places.length
      ? []
      : [{ problem: `acknowledged ${places.length} times, arrived ${count} times`, place: places[0] }];
  });
}
