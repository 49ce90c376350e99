const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The time of day, with the day in front unless it is the reader's today. Example: "23:01:07" or "Nov 22, 23:01:07" */
export function formatClock(timeMs: number, nowMs: number): string {
  const time = new Date(timeMs);
  const clock = time.toLocaleTimeString("en-GB");
  if (time.toDateString() === new Date(nowMs).toDateString()) return clock;
  return `${time.toLocaleDateString("en-US", { month: "short", day: "numeric" })}, ${clock}`;
}

/** The time of day to the millisecond. Example: "23:01:07.042" */
export function formatPreciseClock(timeMs: number): string {
  const time = new Date(timeMs);
  return `${time.toLocaleTimeString("en-GB")}.${String(time.getMilliseconds()).padStart(3, "0")}`;
}

/** Date and time to the millisecond, with the reader's zone. Example: "Nov 23, 2026, 23:01:07.042 GMT+1" */
export function formatInstant(timeMs: number): string {
  return new Date(timeMs).toLocaleString("en-US", {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 3,
    hourCycle: "h23",
    timeZoneName: "short",
  });
}

/** How long ago, in the largest unit that fits. Example: "just now", "42 s ago", "3 min ago", "2 h ago", "5 d ago" */
export function formatAgo(timeMs: number, nowMs: number): string {
  const ageMs = nowMs - timeMs;
  return ageMs < 5 * SECOND_MS ? "just now" : `${formatDuration(ageMs)} ago`;
}

/** A duration in its largest unit. Example: 90_000 -> "1 min"; 250 -> "250 ms" */
export function formatDuration(durationMs: number): string {
  if (durationMs < SECOND_MS) return `${Math.round(durationMs)} ms`;
  if (durationMs < MINUTE_MS) return `${Math.floor(durationMs / SECOND_MS)} s`;
  if (durationMs < HOUR_MS) return `${Math.floor(durationMs / MINUTE_MS)} min`;
  if (durationMs < 2 * DAY_MS) return `${Math.floor(durationMs / HOUR_MS)} h`;
  return `${Math.floor(durationMs / DAY_MS)} d`;
}

/** The pause between two events; log clocks are not always in order, so it may be negative. Example: "+137 ms", "+2.1 s", "−40 ms" */
export function formatGap(gapMs: number): string {
  const sign = gapMs < 0 ? "−" : "+";
  const lengthMs = Math.abs(gapMs);
  const text =
    lengthMs >= SECOND_MS && lengthMs < 10 * SECOND_MS
      ? `${(lengthMs / SECOND_MS).toFixed(1)} s`
      : formatDuration(lengthMs);
  return `${sign}${text}`;
}
