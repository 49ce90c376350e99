/** A line of a node of the MultiLog data. */
export interface IotdbLine {
  /** Local time of the cluster taken as UTC, milliseconds since the epoch. */
  readonly timeMs: number;
  /** OTLP severity number. */
  readonly severity: number;
  readonly message: string;
  /** Written while a fault was active. */
  readonly isFault: boolean;
}

const LINE =
  /^(- )?(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d),(\d{3}) \[.*?\] (TRACE|DEBUG|INFO|WARN|ERROR|FATAL) +\S+ - (.*)$/;
const SEVERITIES: Readonly<Record<string, number>> = {
  TRACE: 1,
  DEBUG: 5,
  INFO: 9,
  WARN: 13,
  ERROR: 17,
  FATAL: 21,
};

/**
 * Example: "- 2023-10-27 16:13:52,938 [main] INFO  o.a.Config:105 - Start" is a normal line of severity 9 with the message
 * "Start". Undefined for what is no such line.
 */
export function parseIotdbLine(text: string): IotdbLine | undefined {
  const [, normal, year, month, day, hour, minute, second, ms, level, message] = LINE.exec(text) ?? [];
  if (level === undefined || message === undefined) return undefined;
  const date = [Number(year), Number(month) - 1, Number(day)] as const;
  const time = [Number(hour), Number(minute), Number(second), Number(ms)] as const;
  return {
    timeMs: Date.UTC(...date, ...time),
    severity: SEVERITIES[level] ?? 0,
    message,
    isFault: normal === undefined,
  };
}
