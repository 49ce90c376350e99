/** How far into a line its time is looked for, in UTF-16 code units. */
const SEARCHED_CHARACTERS_MAX = 200;
const DAY_MS = 86_400_000;

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MONTH_NAME = `(?<month>${MONTHS.join("|")})`;
const CLOCK = "(?<h>\\d\\d):(?<m>\\d\\d):(?<s>\\d\\d)";
const FRACTION = "(?:[.,](?<f>\\d{1,9}))?";
const ISO = `(?<y>\\d{4})[-/](?<mo>\\d\\d)[-/](?<d>\\d\\d)[T _]${CLOCK}(?:[.,:](?<f>\\d{1,9}))?(?: ?(?<z>Z|UTC|[+-]\\d\\d:?\\d\\d)(?![\\w:]))?`;

/**
 * Times at the begin of a line, most telling first; anchored and with bounded repeats, so that no line is slow.
 * y/yy year, mo/month month, d day, h m s clock, f fraction of a second, z zone.
 */
const PATTERNS: readonly RegExp[] = [
  // Blue Gene/L: label, epoch, date, node, then the time proper
  /^(?:\S{1,64} ){0,4}(?<y>\d{4})-(?<mo>\d\d)-(?<d>\d\d)-(?<h>\d\d)\.(?<m>\d\d)\.(?<s>\d\d)\.(?<f>\d{1,9})/,
  new RegExp(`^[[("]?${ISO}`),
  // OpenStack: the file's name comes first; a word without digit or sign is part of a sentence
  new RegExp(`^(?=\\S{0,63}[\\d.:=|])\\S{1,64} ${ISO}`),
  // HDFS
  /^(?<yy>\d\d)(?<mo>\d\d)(?<d>\d\d) (?<h>\d\d)(?<m>\d\d)(?<s>\d\d)(?!\d)/,
  // Spark
  new RegExp(`^(?<yy>\\d\\d)/(?<mo>\\d\\d)/(?<d>\\d\\d) ${CLOCK}${FRACTION}`),
  // Apache's error log
  new RegExp(`^\\[?[A-Z][a-z]{2} ${MONTH_NAME} {1,2}(?<d>\\d{1,2}) ${CLOCK}${FRACTION} (?<y>\\d{4})`),
  // syslog, RFC 3164
  new RegExp(`^${MONTH_NAME} {1,2}(?<d>\\d{1,2}) ${CLOCK}${FRACTION}`),
  // access logs
  new RegExp(
    `^\\S{1,64} \\S{1,64} \\S{1,64} \\[(?<d>\\d\\d)/${MONTH_NAME}/(?<y>\\d{4}):${CLOCK} (?<z>[+-]\\d{4})\\]`,
  ),
  // Android
  new RegExp(`^(?<mo>\\d\\d)-(?<d>\\d\\d) ${CLOCK}\\.(?<f>\\d{1,9})`),
  // klog
  new RegExp(`^[IWEF](?<mo>\\d\\d)(?<d>\\d\\d) ${CLOCK}\\.(?<f>\\d{1,9})`),
  // Health app
  /^(?<y>\d{4})(?<mo>\d\d)(?<d>\d\d)-(?<h>\d{1,2}):(?<m>\d{1,2}):(?<s>\d{1,2}):(?<f>\d{1,3})\|/,
  // Proxifier
  new RegExp(`^\\[(?<mo>\\d\\d)\\.(?<d>\\d\\d) ${CLOCK}\\]`),
];
const EPOCH = /^\[?(\d{10}|\d{13}|\d{16}|\d{19})(?:\.(\d{1,9}))?(?![\w.])/;
/** From 2001-09-09 to 2100-01-01: other numbers are no times. */
const EPOCH_SECONDS = { min: 1_000_000_000, max: 4_102_444_800 };

/**
 * The time at the begin of a line, in nanoseconds since the epoch; undefined without one. A time without a zone is UTC.
 * Without a year it is the last such day that is not more than a day after `referenceMs`.
 * Examples: "081109 203530 143 INFO …", "Jun 14 15:16:02 combo sshd…", "[Sun Dec 04 04:51:08 2005] …".
 */
export function findTimestamp(line: string, referenceMs: number): bigint | undefined {
  const start = line.slice(0, SEARCHED_CHARACTERS_MAX);
  for (const pattern of PATTERNS) {
    const groups = pattern.exec(start)?.groups;
    const time = groups && fromParts(groups, referenceMs);
    if (time !== undefined) return time;
  }
  const epoch = EPOCH.exec(start);
  return epoch?.[1] === undefined ? undefined : fromEpoch(epoch[1], epoch[2] ?? "");
}

/** A whole value as a time: a text as `findTimestamp` reads it, or a number of seconds, ms, µs or ns by its size. */
export function timeOfValue(value: unknown, referenceMs: number): bigint | undefined {
  if (typeof value === "string") return findTimestamp(value, referenceMs);
  if (typeof value !== "number" && typeof value !== "bigint") return undefined;
  const [whole = "", fraction = ""] = String(value).split(".");
  return /^\d{10}(?:\d{3}){0,3}$/.test(whole) ? fromEpoch(whole, fraction.slice(0, 9)) : undefined;
}

function fromEpoch(digits: string, fraction: string): bigint | undefined {
  const seconds = Number(digits.slice(0, 10));
  if (seconds < EPOCH_SECONDS.min || seconds > EPOCH_SECONDS.max) return undefined;
  return (
    BigInt(digits.slice(0, 10)) * 1_000_000_000n +
    BigInt(`${digits.slice(10)}${fraction}`.slice(0, 9).padEnd(9, "0"))
  );
}

type Parts = {
  readonly [Name in "y" | "yy" | "mo" | "month" | "d" | "h" | "m" | "s" | "f" | "z"]?: string | undefined;
};

function fromParts(parts: Parts, referenceMs: number): bigint | undefined {
  const name = parts.month;
  const month = name === undefined ? Number(parts.mo) : MONTHS.indexOf(name) + 1;
  const year = yearOf(parts);
  const zoneMs = zoneOffsetMs(parts.z);
  if (year !== undefined) return toNanos(utcMs(year, month, parts), zoneMs, parts.f);
  const thisYear = new Date(referenceMs).getUTCFullYear();
  const sameYearMs = utcMs(thisYear, month, parts);
  const isAhead = sameYearMs === undefined || sameYearMs > referenceMs + DAY_MS;
  return toNanos(isAhead ? utcMs(thisYear - 1, month, parts) : sameYearMs, zoneMs, parts.f);
}

function yearOf(parts: Parts): number | undefined {
  if (parts.y !== undefined) return Number(parts.y);
  return parts.yy === undefined ? undefined : 2_000 + Number(parts.yy);
}

/** Milliseconds since the epoch, undefined where there is no such day or hour (13th month, 30 February). */
function utcMs(year: number, month: number, parts: Parts): number | undefined {
  const [day, hour, minute, second] = [parts.d, parts.h, parts.m, parts.s].map(Number);
  if (day === undefined || hour === undefined || minute === undefined || second === undefined)
    return undefined;
  if (year < 1970 || year > 2500 || hour > 23 || minute > 59 || second > 60) return undefined;
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return date.getTime() + ((hour * 60 + minute) * 60 + second) * 1_000;
}

function zoneOffsetMs(zone: string | undefined): number {
  if (zone === undefined || zone === "Z" || zone === "UTC") return 0;
  const digits = zone.replace(":", "").slice(1);
  const offsetMs = (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))) * 60_000;
  return zone.startsWith("-") ? -offsetMs : offsetMs;
}

function toNanos(ms: number | undefined, zoneMs: number, fraction = ""): bigint | undefined {
  if (ms === undefined || ms < zoneMs) return undefined;
  return BigInt(ms - zoneMs) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
}
