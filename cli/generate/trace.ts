import {
  FIRST_VERSION,
  type GeneratedRecord,
  SERVICES,
  SEVERITY_NUMBERS,
  type ServiceName,
  type Severity,
} from "./generated-record.ts";
import type { Random } from "./random.ts";

/** A record with the handles by which incidents find it. */
export interface TraceRecord extends GeneratedRecord {
  /** Name of the step, where incidents need one. */
  readonly step: string | undefined;
}

/** What a log call may add. */
interface LogDetails {
  readonly step?: string;
  readonly attributes?: Readonly<Record<string, string | number>>;
}

/** One run of a flow: it writes records, and its time goes on as it waits. */
export interface Trace {
  readonly random: Random;
  log(logger: string, severity: Severity, body: string, details?: LogDetails): void;
  /** Lets about `medianMs` go by. */
  wait(medianMs: number): void;
  /** Lets `service` work for about `medianMs`; returns the whole milliseconds that it took, for the record to tell. */
  took(service: ServiceName, medianMs: number): number;
}

/** A flow: the script of one request, or of one background job. Loggers are named "service.part". */
export type Flow = (trace: Trace) => void;

/** Where and how a flow runs. */
export interface TraceOptions {
  readonly random: Random;
  readonly startMs: number;
  /** How many instances each service has; a trace meets one of each. */
  readonly instances: number;
  /** Background jobs run on one instance and have no trace id. */
  readonly job?: { readonly instance: number };
  /** How many times longer than usual the service works now, and the incident that makes it so. */
  readonly slowness?: (
    service: ServiceName,
  ) => { readonly factor: number; readonly incident: string } | undefined;
}

/** Runs a flow from `startMs` on and returns its records in the order of time. */
export function runFlow(flow: Flow, options: TraceOptions): readonly TraceRecord[] {
  const { random, job, slowness } = options;
  const traceId = job === undefined ? random.hex(32) : undefined;
  const visits = new Map<string, { instance: string; spanId: string | undefined }>();
  const records: TraceRecord[] = [];
  let timeMs = options.startMs;
  let slowedBy: { service: ServiceName; incident: string } | undefined;

  const visit = (service: ServiceName) => {
    const known = visits.get(service);
    if (known !== undefined) return known;
    const number = job?.instance ?? random.int(0, options.instances - 1);
    const fresh = {
      instance: `${service}-${number}`,
      spanId: job === undefined ? random.hex(16) : undefined,
    };
    visits.set(service, fresh);
    return fresh;
  };

  flow({
    random,
    log(logger, severity, body, { step, attributes } = {}) {
      const service = serviceOf(logger);
      const incident = slowedBy?.service === service ? slowedBy.incident : undefined;
      slowedBy = undefined;
      records.push({
        timeMs: Math.round(timeMs * 1_000) / 1_000,
        service,
        ...visit(service),
        version: FIRST_VERSION,
        logger,
        severity,
        severityNumber: SEVERITY_NUMBERS[severity],
        body,
        traceId,
        attributes: attributes ?? {},
        incident,
        step,
      });
      timeMs += random.logNormal(0.4, 0.5);
    },
    wait(medianMs) {
      timeMs += random.logNormal(medianMs, 0.3);
    },
    took(service, medianMs) {
      const slow = slowness?.(service);
      const durationMs = random.logNormal(medianMs, 0.3) * (slow?.factor ?? 1);
      timeMs += durationMs;
      if (slow !== undefined) slowedBy = { service, incident: slow.incident };
      return Math.max(1, Math.round(durationMs));
    },
  });
  return records;
}

function serviceOf(logger: string): ServiceName {
  const service = SERVICES.find((name) => logger.startsWith(`${name}.`));
  if (service === undefined)
    throw new Error(
      `The logger ${logger} must be named "service.part"; the services are ${SERVICES.join(", ")}.`,
    );
  return service;
}
