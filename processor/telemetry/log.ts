import { type Logger, pino } from "pino";

/** The stage's own log: JSON lines on stderr. warn: nothing is lost; error: data was lost or a person is needed. */
export type Log = Logger;

/** @param level one of TRACE, DEBUG, INFO, WARN, ERROR */
export function createLog(level: string): Log {
  return pino({ level: level.toLowerCase(), base: null }, pino.destination({ dest: 2, sync: true }));
}
