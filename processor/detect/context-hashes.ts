import { contextOf, type ReadWindow } from "./masked-row.ts";

/** Odd, so that multiplying loses nothing (the finaliser of MurmurHash3, Appleby 2011). */
const MIX_ONE = 0x85ebca6b;
const MIX_TWO = 0xc2b2ae35;
const LOW_BITS = 21;

/**
 * Hashes of what the model is shown of a window's places, from `from` to `end` (exclusive): equal for equal contexts under the same
 * seed, and for others so rarely that whoever finds something by a hash need only compare.
 */
export type ContextHashes = (
  window: ReadWindow,
  from: number,
  end: number,
  options: { readonly eventsMax: number; readonly seed: number },
) => Float64Array;

/**
 * Two polynomials in 2^32 with bases of their own in each process, over tokens that are mixed first, so that nobody can make up
 * collisions; 53 bits of both. Every place of a window costs the same, however long its context.
 */
export function createContextHashes(random: () => number = Math.random): ContextHashes {
  const [one, two] = [createPolynomial(random), createPolynomial(random)];
  const salt = integer(random);
  return (window, from, end, { eventsMax, seed }) => {
    const { ids, codes } = window;
    const tokens = new Int32Array(ids.length);
    for (let i = 0; i < tokens.length; i += 1)
      tokens[i] = mixed(Math.imul(ids[i] ?? 0, MIX_ONE) ^ mixed((codes[i] ?? 0) ^ salt));
    const [high, low] = [one.prefixes(tokens), two.prefixes(tokens)];
    // A seed may have 53 bits.
    const seedHigh = mixed(seed | 0);
    const seedLow = mixed(Math.floor(seed / 2 ** 21) | 0);
    const hashes = new Float64Array(end - from);
    for (let event = from; event < end; event += 1) {
      const context = contextOf(window, event, eventsMax);
      const begins = context.begins ? MIX_TWO : 0;
      const h = mixed(one.between(high, context.from, event) ^ seedHigh ^ begins) >>> 0;
      const l = mixed(two.between(low, context.from, event) ^ seedLow) >>> (32 - LOW_BITS);
      hashes[event - from] = h * 2 ** LOW_BITS + l;
    }
    return hashes;
  };
}

function createPolynomial(random: () => number) {
  const base = integer(random) | 1;
  const powers = [1];
  const powerOf = (exponent: number): number => {
    for (let i = powers.length; i <= exponent; i += 1) powers.push(Math.imul(powers[i - 1] ?? 1, base));
    return powers[exponent] ?? 1;
  };
  return {
    /** Of the first 0, 1, 2 … tokens. */
    prefixes(tokens: Int32Array): Int32Array {
      const prefixes = new Int32Array(tokens.length + 1);
      for (let i = 0; i < tokens.length; i += 1)
        prefixes[i + 1] = (Math.imul(prefixes[i] ?? 0, base) + (tokens[i] ?? 0)) | 0;
      return prefixes;
    },
    /** Of the tokens from `from` to `to` (exclusive). */
    between(prefixes: Int32Array, from: number, to: number): number {
      const before = Math.imul(prefixes[from] ?? 0, powerOf(to - from));
      return ((prefixes[to] ?? 0) - before) | 0;
    },
  };
}

function mixed(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), MIX_ONE);
  hash = Math.imul(hash ^ (hash >>> 13), MIX_TWO);
  return hash ^ (hash >>> 16);
}

function integer(random: () => number): number {
  return Math.floor(random() * 2 ** 32) | 0;
}
