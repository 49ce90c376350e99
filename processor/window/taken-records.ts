/** Records remembered for certain, and at most twice as many: the older half is forgotten at once. They take 4 MiB. A
 * load balancer gives up a stage that is gone after half a minute, in which another one takes so many at 4,000 a second. */
const RECORDS_MAX = 131_072;

/** A set of fingerprints: positive whole numbers, spread evenly over 53 bits (see wire/fingerprint.ts). */
export interface TakenRecords {
  has(fingerprint: number): boolean;
  add(fingerprint: number): void;
}

/**
 * Bounded by two generations, like the traces (see trace-memory.ts). A table of plain numbers: a Set would make an object of each.
 * @param recordsMax a power of two
 */
export function createTakenRecords(recordsMax: number = RECORDS_MAX): TakenRecords {
  // At most half full: a place is found after one and a half looks.
  const mask = 2 * recordsMax - 1;
  let young = new Float64Array(2 * recordsMax);
  let old = new Float64Array(2 * recordsMax);
  let youngSize = 0;

  /** Where it stands, or where it would. */
  const placeIn = (table: Float64Array, fingerprint: number): number => {
    let place = fingerprint & mask;
    while (table[place] !== 0 && table[place] !== fingerprint) place = (place + 1) & mask;
    return place;
  };
  const isIn = (table: Float64Array, fingerprint: number) => table[placeIn(table, fingerprint)] !== 0;

  return {
    has: (fingerprint) => isIn(young, fingerprint) || isIn(old, fingerprint),
    add(fingerprint) {
      const place = placeIn(young, fingerprint);
      if (young[place] !== 0) return;
      young[place] = fingerprint;
      youngSize += 1;
      if (youngSize < recordsMax) return;
      [young, old] = [old, young];
      young.fill(0);
      youngSize = 0;
    },
  };
}
