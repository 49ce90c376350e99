const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Above it a count of days says no more. */
const DAYS_MAX = 10_000;

/** A duration as people say it, in one unit. Examples: 12 gives "12 ms", 3,400 "3.4 s", 180,000 "3 min". */
export function inWords(milliseconds: number): string {
  if (milliseconds < 0.95) return "no time";
  if (milliseconds < 0.95 * SECOND_MS) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 0.95 * MINUTE_MS) return `${rounded(milliseconds / SECOND_MS)} s`;
  if (milliseconds < 0.95 * HOUR_MS) return `${rounded(milliseconds / MINUTE_MS)} min`;
  if (milliseconds < 0.95 * DAY_MS) return `${rounded(milliseconds / HOUR_MS)} h`;
  const days = milliseconds / DAY_MS;
  return days > DAYS_MAX ? `more than ${DAYS_MAX} days` : `${rounded(days)} days`;
}

/** Two digits that count. Examples: 0.004 gives "fewer than 0.1", 3.42 "3.4", 203.7 "204". */
export function rounded(number: number): string {
  if (number > 0 && number < 0.05) return "fewer than 0.1";
  return String(number < 10 ? Math.round(number * 10) / 10 : Math.round(number));
}

/** Example: "once", "203 times". */
export function times(count: number): string {
  return count === 0 ? "not at all" : count === 1 ? "once" : `${count} times`;
}
