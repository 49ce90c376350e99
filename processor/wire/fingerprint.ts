/** This process's own: who writes logs shall not find two records that are taken for one. */
const [KEY_0 = 0, KEY_1 = 0] = crypto.getRandomValues(new Int32Array(2));
/** A number holds 53 bits: 32 above 21. */
const UPPER = 0x20_0000;
const ROUNDS_AT_END = 3;

/**
 * A positive whole number of 53 bits that stands for these bytes, in this process alone: HalfSipHash-1-3
 * (github.com/veorq/SipHash), which needs no arithmetic beyond 32 bits.
 * @param seed the fingerprint of other bytes that they belong to
 */
export function fingerprintOf(bytes: DataView, from: number, end: number, seed: number): number {
  let v0 = KEY_0;
  let v1 = KEY_1 ^ 0xee ^ seed;
  let v2 = KEY_0 ^ 0x6c796765 ^ (seed / UPPER);
  let v3 = KEY_1 ^ 0x74656462;
  const tail = end - ((end - from) & 3);
  for (let at = from; at < tail; at += 4) {
    const word = bytes.getInt32(at, true);
    v3 ^= word;
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
    v0 ^= word;
  }
  // The same rounds, written out again: a loop that is one for both takes four times as long.
  let word = tailOf(bytes, tail, end) | ((end - from) << 24);
  let lower = 0;
  for (let round = 0; round <= 2 * ROUNDS_AT_END; round += 1) {
    if (round === 1) v2 ^= 0xee;
    if (round === 1 + ROUNDS_AT_END) {
      lower = v1 ^ v3;
      v1 ^= 0xdd;
    }
    v3 ^= word;
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
    v0 ^= word;
    word = 0;
  }
  return ((v1 ^ v3) >>> 0) * UPPER + (lower >>> 11) || 1;
}

/** The last bytes, of which there are up to three. */
function tailOf(bytes: DataView, from: number, end: number): number {
  let word = 0;
  for (let at = from; at < end; at += 1) word |= bytes.getUint8(at) << (8 * (at - from));
  return word;
}
