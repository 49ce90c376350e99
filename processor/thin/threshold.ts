/**
 * Consistent probability sampling as OpenTelemetry has it (OTEP 235, and the Collector's pkg/sampling): a record stays where its
 * randomness, 56 bits, is not below a threshold. Both are written as hexadecimal digits, so they compare as texts of one length.
 */
export type Threshold = string;
/** 14 hexadecimal digits, lower case. */
export type Randomness = string;

const DIGITS = 14;
const BITS = 56n;
/** As many as the Collector's sampler has by default, so that both draw the same line. */
const PRECISION = 4;
const BITS_PER_DIGIT = 4;

/** What everything passes. */
export const ALWAYS: Threshold = "0".repeat(DIGITS);

/**
 * The threshold that a share passes; undefined for 0, which nothing passes.
 *
 * Examples: 0.25 is "c0000000000000"; 0.1 is "e6660000000000".
 * @param probability from 0 to 1
 */
export function thresholdOf(probability: number): Threshold | undefined {
  if (probability === 0) return undefined;
  if (probability === 1) return ALWAYS;
  const digits = Math.min(DIGITS, PRECISION + Math.max(leading(probability), leading(1 - probability)));
  const shift = BigInt(BITS_PER_DIGIT * (DIGITS - digits));
  const exact = (1n << BITS) - BigInt(Math.round(probability * 2 ** Number(BITS)));
  const rounded = shift === 0n ? exact : ((exact + (1n << (shift - 1n))) >> shift) << shift;
  return rounded.toString(16).padStart(DIGITS, "0");
}

/** Digits that say nothing of a share so near to 0 or 1: they are added to the precision. */
function leading(share: number): number {
  const exponent = Math.floor(Math.log2(share)) + 1;
  return Math.max(0, Math.trunc(-exponent / BITS_PER_DIGIT));
}

/** Whether a record with this randomness stays. */
export function passes(threshold: Threshold, randomness: Randomness): boolean {
  return threshold <= randomness;
}

/** As an attribute has it, without the zeros at its end. Example: "c0000000000000" is "c". */
export function thresholdText(threshold: Threshold): string {
  return threshold.replace(/0+$/, "") || "0";
}

/** What an attribute says; undefined where that is no threshold. */
export function readThreshold(value: unknown): Threshold | undefined {
  if (typeof value !== "string" || !/^[0-9a-f]{1,14}$/i.test(value)) return undefined;
  return value.toLowerCase().padEnd(DIGITS, "0");
}

/** What an attribute says; undefined where that is no randomness. */
export function readRandomness(value: unknown): Randomness | undefined {
  return typeof value === "string" && /^[0-9a-f]{14}$/i.test(value) ? value.toLowerCase() : undefined;
}

/** How many records one that passed stands for. Example: 4 for "c". */
export function adjustedCount(threshold: Threshold): number {
  return 1 / (1 - Number(BigInt(`0x${threshold}`)) / 2 ** Number(BITS));
}
