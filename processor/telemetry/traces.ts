import { type HrTime, ROOT_CONTEXT, SpanKind, SpanStatusCode, type Tracer, trace } from "@opentelemetry/api";
import type { TelemetryConfig } from "./config.ts";

/** When a request was where. Milliseconds of `performance.now()`, none earlier than the one before. */
export interface RequestTimes {
  readonly arrivedMs: number;
  /** It was scored and written, and its sending began. */
  readonly preparedMs: number;
  /** The next hop had answered. */
  readonly forwardedMs: number;
  /** What is new in it was written down, and its answer went out. */
  readonly answeredMs: number;
}

/** A request that was answered. */
export interface AnsweredRequest {
  readonly times: RequestTimes;
  readonly transport: string;
  readonly records: number;
  readonly bytes: number;
  readonly outcome: "accepted" | "retry" | "refused";
}

/** The stage's own traces: of requests that took long, and of no others. */
export interface Traces {
  answered(request: AnsweredRequest): void;
  /** Sends what is still to be sent. Never rejects: what cannot be sent is lost. */
  close(): Promise<void>;
}

/**
 * Spans are made when a request has been answered, so that those that are fast enough cost nothing. They hold counts and times, no
 * contents. Without an endpoint they go to whatever tracer provider has been registered for the process, if any has, and what sends
 * them is not even read.
 *
 * @param onLost told why spans could not be sent; once until some can be again
 */
export async function createTraces(
  { traces }: TelemetryConfig,
  version: string,
  onLost: (reason: unknown) => void,
): Promise<Traces> {
  const provider =
    traces.endpoint === ""
      ? undefined
      : (await import("./trace-provider.ts")).createTraceProvider(traces.endpoint, version, onLost);
  const tracer = provider?.getTracer("logbert", version) ?? trace.getTracer("logbert", version);
  return {
    answered(request) {
      const { arrivedMs, answeredMs } = request.times;
      if (answeredMs - arrivedMs >= traces.slow_ms) tell(tracer, request);
    },
    // Why it failed has been told.
    close: async () => provider?.shutdown().catch(() => undefined),
  };
}

function tell(tracer: Tracer, { times, transport, records, bytes, outcome }: AnsweredRequest): void {
  const span = tracer.startSpan(
    "logbert.request",
    {
      kind: SpanKind.SERVER,
      startTime: timeOf(times.arrivedMs),
      attributes: {
        "logbert.transport": transport,
        "logbert.records": records,
        "logbert.bytes": bytes,
        "logbert.outcome": outcome,
      },
    },
    ROOT_CONTEXT,
  );
  const inside = trace.setSpan(ROOT_CONTEXT, span);
  const steps = [
    ["logbert.prepare", times.arrivedMs, times.preparedMs],
    ["logbert.forward", times.preparedMs, times.forwardedMs],
    ["logbert.write_down", times.forwardedMs, times.answeredMs],
  ] as const;
  for (const [name, fromMs, toMs] of steps)
    tracer.startSpan(name, { startTime: timeOf(fromMs) }, inside).end(timeOf(toMs));
  if (outcome !== "accepted") span.setStatus({ code: SpanStatusCode.ERROR });
  span.end(timeOf(times.answeredMs));
}

function timeOf(ms: number): HrTime {
  const sinceEpochMs = performance.timeOrigin + ms;
  const seconds = Math.floor(sinceEpochMs / 1_000);
  return [seconds, Math.round((sinceEpochMs - seconds * 1_000) * 1e6)];
}
