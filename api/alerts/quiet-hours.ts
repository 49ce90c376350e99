/** The days of a week, as they are configured. */
export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const DAY_NAMES: readonly string[] = DAYS;

/** A time of the day in which nothing is told, on some days of the week. */
export interface QuietHours {
  /** IANA name, such as "Europe/Berlin". */
  readonly time_zone: string;
  /** "22:00". */
  readonly from: string;
  /** "07:00"; before `from`: of the next day. The same as `from`: a whole day. */
  readonly to: string;
  /** Those on which it begins. */
  readonly days: readonly (typeof DAYS)[number][];
}

/**
 * Whether it is quiet now. The time is read off a clock of that zone, so that summer time needs no rule of its own.
 *
 * Example: from 22:00 to 07:00 on Fridays is quiet on Saturday at 06:59, and not on Sunday.
 */
export function isQuiet(quiet: readonly QuietHours[], nowMs: number): boolean {
  return quiet.some((one) => isWithin(one, localTime(one.time_zone, nowMs)));
}

/** Whether a name of a time zone is one. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en-GB", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

interface LocalTime {
  /** Index in {@link DAYS}. */
  readonly day: number;
  /** "06:59". */
  readonly time: string;
}

function isWithin({ from, to, days }: QuietHours, { day, time }: LocalTime): boolean {
  const begins = (on: number) => days.some((name) => DAYS.indexOf(name) === on % DAYS.length);
  const beganToday = begins(day) && time >= from && (from >= to || time < to);
  const beganYesterday = begins(day + DAYS.length - 1) && from >= to && time < to;
  return beganToday || beganYesterday;
}

function localTime(timeZone: string, nowMs: number): LocalTime {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const parts = new Map(format.formatToParts(nowMs).map(({ type, value }) => [type, value]));
  const weekday = (parts.get("weekday") ?? "").toLowerCase();
  return {
    day: DAY_NAMES.indexOf(weekday),
    time: `${parts.get("hour")}:${parts.get("minute")}`,
  };
}
