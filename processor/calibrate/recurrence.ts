import { z } from "zod";
import { HALF_LIFE_MS } from "./rate-meter.ts";

/** Alerts of one kind that are raised before it counts as a habit. */
const ALERTS_BEFORE_HABIT = 20;
/** Kinds of alert remembered in one service; over it the least recent one is forgotten. */
const KINDS_MAX = 512;

/** The memory as JSON: kind, faded count, and the service's clock when it was last counted (milliseconds). */
export const recurrenceState = z
  .array(z.tuple([z.string(), z.number().min(0), z.number().min(0)]))
  .max(KINDS_MAX);
export type RecurrenceState = z.infer<typeof recurrenceState>;

/** How often the same kind of alert has come back in one service. */
export interface Recurrence {
  /** Counts an alert of this kind: see kind.ts. */
  count(kind: string, clockMs: number): void;
  /** How many of this kind were counted, faded: at least as many there were. */
  alerts(kind: string, clockMs: number): number;
  /** The share of `records` that were alerts of this kind; 0 until there were more than 20. */
  rate(kind: string, records: number, clockMs: number): number;
  snapshot(): RecurrenceState;
}

/**
 * A new normal stops alarming by itself: what has alarmed more than 20 times (faded with a half-life of 3 days) and still
 * comes is at best as rare as it comes. When it stops coming it is forgotten and alarms again.
 */
export function createRecurrence(state: RecurrenceState = []): Recurrence {
  const kinds = new Map(state.map(([kind, alerts, atMs]) => [kind, { alerts, atMs }]));

  const alertsOf = (kind: string, clockMs: number): number => {
    const known = kinds.get(kind);
    return known === undefined ? 0 : known.alerts * 2 ** ((known.atMs - clockMs) / HALF_LIFE_MS);
  };

  return {
    alerts: alertsOf,
    count(kind, clockMs) {
      const alerts = alertsOf(kind, clockMs) + 1;
      kinds.delete(kind);
      kinds.set(kind, { alerts, atMs: clockMs });
      if (kinds.size <= KINDS_MAX) return;
      const [oldest] = kinds.keys();
      if (oldest !== undefined) kinds.delete(oldest);
    },
    rate(kind, records, clockMs) {
      if (kinds.size === 0) return 0;
      const alerts = alertsOf(kind, clockMs);
      return alerts <= ALERTS_BEFORE_HABIT ? 0 : Math.min(1, alerts / Math.max(1, records));
    },
    snapshot: () => [...kinds].map(([kind, { alerts, atMs }]) => [kind, alerts, atMs]),
  };
}
