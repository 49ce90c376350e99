const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
/** Above it a count of days says no more. */
const DAYS_MAX = 10_000;
/** Above it, and below one divided by it, how many times something is says no more. */
const TIMES_MAX = 1_000_000;
/** From here on, and below one divided by it, a ratio is told in times, not in per cent. */
const TIMES_FROM = 1.95;

/** A duration as people say it, in one unit. Examples: 12 gives "12 ms", 3,400 "3.4 s", 180,000 "3 min". */
export function inWords(milliseconds: number): string {
  if (milliseconds < 0.095) return "less than 0.1 ms";
  if (milliseconds < 0.95 * SECOND_MS) return `${rounded(milliseconds)} ms`;
  if (milliseconds < 0.95 * MINUTE_MS) return `${rounded(milliseconds / SECOND_MS)} s`;
  if (milliseconds < 0.95 * HOUR_MS) return `${rounded(milliseconds / MINUTE_MS)} min`;
  if (milliseconds < 0.95 * DAY_MS) return `${rounded(milliseconds / HOUR_MS)} h`;
  const days = milliseconds / DAY_MS;
  if (days > DAYS_MAX) return `more than ${grouped(DAYS_MAX)} days`;
  const shown = rounded(days);
  return shown === "1" ? "1 day" : `${shown} days`;
}

/** Two digits that count. Examples: 0.004 gives "fewer than 0.1", 3.42 "3.4", 203.7 "204". */
export function rounded(number: number): string {
  if (number > 0 && number < 0.05) return "fewer than 0.1";
  return number < 9.95 ? String(Math.round(number * 10) / 10) : grouped(Math.round(number));
}

/** Example: 120000 gives "120,000". */
export function grouped(number: number): string {
  return String(number).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

/** A count or a probability in two digits that count, for large numbers. Example: 24,510 gives "25,000". */
export function roughly(number: number): string {
  if (number < 99.5) return rounded(number);
  const unit = 10 ** (Math.floor(Math.log10(number)) - 1);
  return grouped(Math.round(number / unit) * unit);
}

/** Example: "once", "twice", "203 times". */
export function times(count: number): string {
  return ["not at all", "once", "twice"][count] ?? `${grouped(count)} times`;
}

/** Example: 1 of "record" gives "1 record", 1,200 "1,200 records". */
export function counted(count: number, what: string): string {
  return `${grouped(count)} ${what}${count === 1 ? "" : "s"}`;
}

/** How a number compares with the usual one. Examples: 40 gives "about 40 times its usual", 0.9 "10 % below its usual". */
export function multipleOfUsual(ratio: number): string {
  if (ratio > TIMES_MAX) return "more than a million times its usual";
  if (ratio >= TIMES_FROM) return `about ${roughly(ratio)} times its usual`;
  if (ratio > 1 / TIMES_FROM)
    return `${Math.round(Math.abs(ratio - 1) * 100)} % ${ratio < 1 ? "below" : "above"} its usual`;
  return ratio < 1 / TIMES_MAX
    ? "less than a millionth of its usual"
    : `about 1/${roughly(1 / ratio)} of its usual`;
}

/** A time of day, with the date where it lies more than half a day back. Example: "08:31:05 UTC". */
export function sinceInWords(timeMs: number, backMs: number): string {
  const date = new Date(timeMs);
  if (Number.isNaN(date.getTime())) return "an unknown time";
  const [day = "", time = ""] = date.toISOString().split("T");
  return `${backMs > DAY_MS / 2 ? `${day} ` : ""}${time.slice(0, 8)} UTC`;
}

/** Example: 0.912 gives "91 %", 0.0004 "<1 %". */
export function percent(probability: number): string {
  const whole = Math.round(probability * 100);
  return whole === 0 ? "<1 %" : `${whole} %`;
}
