import { z } from "zod";

const DAY_MS = 86_400_000;
/** What is this old counts half. */
export const HALF_LIFE_MS = 3 * DAY_MS;
/** A service is taken to have run for at least this long, in milliseconds. */
const ELAPSED_MIN_MS = 60_000;
/** One step counts at most this much: neither one wrong timestamp nor a clock that is set may age everything. */
const STEP_MAX_MS = DAY_MS;

/** The meter as JSON. Times in milliseconds; counts and elapsed times are faded. */
export const rateMeterState = z.strictObject({
  records: z.number().min(0),
  alerts: z.number().min(0),
  promised: z.number().min(0),
  eventElapsedMs: z.number().min(0),
  wallElapsedMs: z.number().min(0),
  clockMs: z.number().min(0),
  lastEventMs: z.number().nullable(),
});
export type RateMeterState = z.infer<typeof rateMeterState>;

/** How many records and alerts a service has, faded by age. */
export interface RateMeter {
  /** @param promised sum of the false-alarm probabilities that the records' thresholds stood for */
  add(records: number, alerts: number, promised: number, newestEventMs: number, nowMs: number): void;
  recordsPerDay(): number;
  /** Faded time that the service has run for, in milliseconds. */
  elapsedMs(): number;
  /** Faded number of records. */
  records(): number;
  alerts(): number;
  promised(): number;
  /** Time that has passed for the service, by whichever clock went faster, in milliseconds. */
  clockMs(): number;
  snapshot(): RateMeterState;
}

/** Time passes by the records' own time where it advances (a replay of a week in a minute is a week), else by arrival. */
export function createRateMeter(state?: RateMeterState): RateMeter {
  const faded = { records: 0, alerts: 0, promised: 0, eventElapsedMs: 0, wallElapsedMs: 0, ...state };
  let clockMs = state?.clockMs ?? 0;
  let lastEventMs = state?.lastEventMs ?? null;
  /** Not kept over a restart: the time in between is no time without records. */
  let lastWallMs: number | undefined;

  const elapsedMs = () => Math.max(faded.eventElapsedMs, faded.wallElapsedMs);

  const pass = (newestEventMs: number, nowMs: number) => {
    const eventStepMs = Math.min(STEP_MAX_MS, Math.max(0, newestEventMs - (lastEventMs ?? newestEventMs)));
    const wallStepMs = Math.min(STEP_MAX_MS, Math.max(0, nowMs - (lastWallMs ?? nowMs)));
    lastEventMs = Math.max(newestEventMs, lastEventMs ?? newestEventMs);
    lastWallMs = nowMs;
    const stepMs = Math.max(eventStepMs, wallStepMs);
    const fading = 2 ** (-stepMs / HALF_LIFE_MS);
    clockMs += stepMs;
    faded.records *= fading;
    faded.alerts *= fading;
    faded.promised *= fading;
    faded.eventElapsedMs = faded.eventElapsedMs * fading + eventStepMs;
    faded.wallElapsedMs = faded.wallElapsedMs * fading + wallStepMs;
  };

  return {
    add(records, alerts, promised, newestEventMs, nowMs) {
      pass(newestEventMs, nowMs);
      faded.records += records;
      faded.alerts += alerts;
      faded.promised += promised;
    },
    recordsPerDay: () => (faded.records * DAY_MS) / Math.max(ELAPSED_MIN_MS, elapsedMs()),
    elapsedMs,
    records() {
      return faded.records;
    },
    alerts() {
      return faded.alerts;
    },
    promised() {
      return faded.promised;
    },
    clockMs() {
      return clockMs;
    },
    snapshot: () => ({ ...faded, clockMs, lastEventMs }),
  };
}
