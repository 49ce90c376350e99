import type { ServiceName } from "./generated-record.ts";

/**
 * new-error: an error never seen before, and the requests that it ends. wrong-order: a payment is captured before it is
 * authorised. missing-step: an order is placed without payment. burst: a known warning, many times. silence: a service
 * writes nothing. odd-value: a service takes 50 times as long as usual.
 */
export const INCIDENT_KINDS = [
  "new-error",
  "wrong-order",
  "missing-step",
  "burst",
  "silence",
  "odd-value",
] as const;
export type IncidentKind = (typeof INCIDENT_KINDS)[number];

/** The label of one incident. Flows that begin in [fromMs, toMs) are touched; their last records may come a little later. */
export interface Incident {
  /** Unique within a stream, such as "burst-3". */
  readonly id: string;
  readonly kind: IncidentKind;
  readonly service: ServiceName;
  /** Milliseconds since the epoch. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** Which services each kind befalls, in turn. */
const BEFALLEN: Readonly<Record<IncidentKind, readonly [ServiceName, ...ServiceName[]]>> = {
  "new-error": ["checkout", "payments", "inventory", "worker"],
  "wrong-order": ["payments"],
  "missing-step": ["checkout"],
  burst: ["auth", "inventory", "payments"],
  silence: ["worker", "payments"],
  "odd-value": ["inventory", "payments", "auth"],
};

/** When incidents happen. */
export interface IncidentPlan {
  /** Taken in turn; at least one. */
  readonly kinds: readonly [IncidentKind, ...IncidentKind[]];
  /** From one incident's begin to the next one's. */
  readonly everyMs: number;
  readonly durationMs: number;
  /** The first incident begins one `everyMs` after it; milliseconds since the epoch. */
  readonly startMs: number;
}

/** The incidents of a plan, in the order of time, without end. */
export function* planIncidents({
  kinds,
  everyMs,
  durationMs,
  startMs,
}: IncidentPlan): Generator<Incident, never> {
  for (let number = 0; ; number += 1) {
    const kind = kinds[number % kinds.length] ?? kinds[0];
    const services = BEFALLEN[kind];
    const fromMs = startMs + (number + 1) * everyMs;
    yield {
      id: `${kind}-${number + 1}`,
      kind,
      service: services[Math.floor(number / kinds.length) % services.length] ?? services[0],
      fromMs,
      toMs: fromMs + durationMs,
    };
  }
}
