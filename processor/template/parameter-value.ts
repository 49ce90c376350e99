/** What a raw parameter is, without its text. */
export type ParameterValue =
  /** On the signed log scale, sign * ln(1 + |v|), of milliseconds, bytes or the plain number; `plain` is the integer that it
   * was written as, where it was one without a unit; `isTime`: it had a unit of time. */
  | {
      readonly kind: "number";
      readonly scaled: number;
      readonly plain: number | undefined;
      readonly isTime: boolean;
    }
  /** A 32-bit hash of the text. */
  | { readonly kind: "value"; readonly hash: number };

/** A number with an optional unit, alone or behind a name ("took=12ms,"); hexadecimals, addresses and times do not match. */
const NUMBER =
  /^[[("'{]*(?:[A-Za-z_.-]{1,32}[=:])?["']?([+-]?\d{1,15}(?:\.\d{1,9})?)(?:\s?(ns|us|µs|ms|msecs?|secs?|s|mins?|m|h|KiB|MiB|GiB|TiB|KB|MB|GB|TB|kB|B|%))?[\])"'},;:.]*$/;
/** Longest text that is looked at. */
const CHARACTERS_MAX = 64;

/** Milliseconds in one unit of time. */
const TIME_UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  msec: 1,
  msecs: 1,
  s: 1_000,
  sec: 1_000,
  secs: 1_000,
  m: 60_000,
  min: 60_000,
  mins: 60_000,
  h: 3_600_000,
};
/** Milliseconds or bytes in one unit. */
const UNITS: Readonly<Record<string, number>> = {
  ...TIME_UNITS,
  KiB: 1_024,
  MiB: 1_048_576,
  GiB: 1_073_741_824,
  TiB: 1_099_511_627_776,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
};

/** Example: "3.4s," is the number 3,400 (ms) and "0x1f" a value. */
export function parameterValue(raw: string): ParameterValue {
  const match = raw.length > CHARACTERS_MAX ? null : NUMBER.exec(raw);
  if (match === null) return { kind: "value", hash: hashOf(raw) };
  const [, digits = "", unit] = match;
  const number = Number(digits) * (unit === undefined ? 1 : (UNITS[unit] ?? 1));
  const plain = unit === undefined && Number.isInteger(number) ? number : undefined;
  const isTime = unit !== undefined && unit in TIME_UNITS;
  return { kind: "number", scaled: Math.sign(number) * Math.log1p(Math.abs(number)), plain, isTime };
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < Math.min(text.length, CHARACTERS_MAX); i++)
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}
