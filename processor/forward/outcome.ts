import { StatusCode as Code, nameOfStatusCode } from "../grpc/status-code.ts";
import type { PartialSuccess } from "../wire/export-response.ts";
import type { ForwardOutcome } from "./forward-outcome.ts";
import { nextHopText } from "./next-hop-text.ts";

/** gRPC codes that a sender may retry (OTLP specification, "Failures", table of OTLP/gRPC codes). */
const RETRYABLE: ReadonlySet<number> = new Set([
  Code.CANCELLED,
  Code.DEADLINE_EXCEEDED,
  Code.ABORTED,
  Code.OUT_OF_RANGE,
  Code.UNAVAILABLE,
  Code.DATA_LOSS,
]);

/** The next hop does not know us: our own credentials are wrong, and nobody upstream should drop logs for it. */
const OUR_CREDENTIALS: ReadonlySet<number> = new Set([Code.UNAUTHENTICATED, Code.PERMISSION_DENIED]);

/** The next hop has taken the request, but for what it says. */
export function outcomeOfSuccess({ rejectedRecords, message }: PartialSuccess): ForwardOutcome {
  return { kind: "accepted", rejectedRecords, message: nextHopText(message) };
}

/** What to look at then. */
export const CREDENTIALS_HINT = "check forward.headers and forward.tls";

/** The next hop's gRPC answer, other than OK, as an outcome. */
export function outcomeOfGrpc(
  answer: { readonly code: number; readonly message: string; readonly retryAfterMs: number | undefined },
  retryResourceExhausted: boolean,
): ForwardOutcome {
  const { code, retryAfterMs: afterMs } = answer;
  const message = `next hop: ${nameOfStatusCode(code)}: ${nextHopText(answer.message)}`;
  if (RETRYABLE.has(code)) return { kind: "retry", afterMs, message };
  if (OUR_CREDENTIALS.has(code)) {
    return { kind: "retry", afterMs, message: `${message} (${CREDENTIALS_HINT})` };
  }
  if (code === Code.RESOURCE_EXHAUSTED)
    return outcomeOfExhaustion(answer.message, afterMs, message, retryResourceExhausted);
  if (code === Code.INVALID_ARGUMENT) return { kind: "refused", reason: "malformed", message };
  if (code === Code.UNIMPLEMENTED) return { kind: "refused", reason: "unsupported", message };
  return { kind: "refused", reason: "other", message };
}

/** RESOURCE_EXHAUSTED is overload or size; only the text tells them apart (grpc-go, grpc-js: "received message … larger than max"). */
function outcomeOfExhaustion(
  text: string,
  afterMs: number | undefined,
  message: string,
  retryResourceExhausted: boolean,
): ForwardOutcome {
  if (/larger than max|message size|too large/i.test(text))
    return { kind: "refused", reason: "too-large", message };
  return afterMs !== undefined || retryResourceExhausted
    ? { kind: "retry", afterMs, message }
    : { kind: "refused", reason: "other", message };
}

/** HTTP statuses that a sender may retry (OTLP specification, "Retryable Response Codes"). */
const RETRYABLE_HTTP: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** The next hop's HTTP answer, other than 2xx, as an outcome. */
export function outcomeOfHttp(
  statusCode: number,
  retryAfter: string | undefined,
  text: string,
  nowMs: number,
): ForwardOutcome {
  const message = `next hop: HTTP ${statusCode}${text === "" ? "" : `: ${nextHopText(text)}`}`;
  if (RETRYABLE_HTTP.has(statusCode))
    return { kind: "retry", afterMs: parseRetryAfter(retryAfter, nowMs), message };
  if (statusCode === 401 || statusCode === 403) {
    return {
      kind: "retry",
      afterMs: undefined,
      message: `${message} (${CREDENTIALS_HINT})`,
    };
  }
  if (statusCode === 400) return { kind: "refused", reason: "malformed", message };
  if (statusCode === 413) return { kind: "refused", reason: "too-large", message };
  if (statusCode === 415) return { kind: "refused", reason: "unsupported", message };
  return { kind: "refused", reason: "other", message };
}

/** Retry-After in milliseconds: seconds or an HTTP date (RFC 9110, section 10.2.3). */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  // A date of HTTP starts with the day of the week; Date.parse would also make one of "-5".
  const dateMs = /^[A-Z][a-z]{2}/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}

/** Nothing was heard of the next hop: it is down, too slow, or the connection broke. */
export function outcomeOfSilence(cause: unknown): ForwardOutcome {
  const reason = nextHopText(cause instanceof Error ? cause.message : String(cause));
  return { kind: "retry", afterMs: undefined, message: `next hop does not answer: ${reason}` };
}
