import { formatClock, formatInstant } from "../format/time.ts";

interface TimestampProps {
  /** ISO 8601. */
  readonly iso: string;
  readonly nowMs: number;
}

/** A time of day, with the exact instant on hover. */
export function Timestamp({ iso, nowMs }: TimestampProps) {
  const timeMs = Date.parse(iso);
  return (
    <time dateTime={iso} title={formatInstant(timeMs)} className="timestamp">
      {formatClock(timeMs, nowMs)}
    </time>
  );
}
