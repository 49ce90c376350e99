import type { ForwardOutcome, RefusalReason } from "../forward/forward-outcome.ts";
import { StatusCode as Code } from "../grpc/status-code.ts";
import type { PartialSuccess } from "../wire/export-response.ts";
import type { RpcStatus } from "../wire/rpc-status.ts";
import type { RefusedReason, Transport } from "./consume.ts";

/** What a sender is told, in both protocols' terms. */
export type Answer = { readonly kind: "ok"; readonly result: PartialSuccess } | ErrorAnswer;

/** That a request was not taken. */
export interface ErrorAnswer {
  readonly kind: "error";
  readonly httpStatus: number;
  readonly status: RpcStatus;
  readonly reason: RefusedReason;
}

const RETRY_AFTER_MS = 1_000;
/** Over HTTP a time to come back is in whole seconds (RFC 9110, section 10.2.3): 1 to 3 of them. */
const RETRY_AFTER_SECONDS_MAX = 3;
/** No next hop may silence a sender for longer, nor name a time that a protocol cannot carry. */
const RETRY_AFTER_MS_MAX = 3_600_000;

const REFUSALS: Readonly<Record<RefusalReason, { readonly code: number; readonly httpStatus: number }>> = {
  malformed: { code: Code.INVALID_ARGUMENT, httpStatus: 400 },
  "too-large": { code: Code.RESOURCE_EXHAUSTED, httpStatus: 413 },
  unsupported: { code: Code.UNIMPLEMENTED, httpStatus: 415 },
  other: { code: Code.INTERNAL, httpStatus: 500 },
};

/**
 * The one place where an outcome becomes a protocol's answer (OTLP specification, "Failures"): what may be retried is
 * UNAVAILABLE with RetryInfo or 503 with Retry-After, what may not keeps its kind.
 */
export function answerOf(outcome: ForwardOutcome): Answer {
  if (outcome.kind === "accepted") {
    return { kind: "ok", result: { rejectedRecords: outcome.rejectedRecords, message: outcome.message } };
  }
  if (outcome.kind === "retry") return retryAnswer(outcome.message, outcome.afterMs, "next-hop");
  const answer = refusalAnswer(outcome.reason, outcome.message);
  return outcome.isUnread === true ? answer : { ...answer, reason: "next-hop" };
}

/** A request that will never be taken. */
export function refusalAnswer(reason: RefusalReason, message: string): ErrorAnswer {
  const { code, httpStatus } = REFUSALS[reason];
  const badRequest = reason === "malformed" ? message : undefined;
  return { kind: "error", httpStatus, status: { code, message, badRequest }, reason };
}

/**
 * Overload: never a bare RESOURCE_EXHAUSTED, for which a Collector would drop the records. Senders that are refused together
 * are asked to come back at different times; that they wait longer each time is for them to see to.
 * @param random from 0 to below 1
 */
export function overloadedAnswer(transport: Transport, random = Math.random()): ErrorAnswer {
  const spread = transport === "http" ? Math.floor(random * RETRY_AFTER_SECONDS_MAX) : random;
  return retryAnswer(
    "overloaded: more bytes are in flight than receive.max_in_flight_bytes, or half of it from one client that has not ended them",
    RETRY_AFTER_MS * (1 + spread),
    "overloaded",
  );
}

/** Nobody who may send. It says nothing of what was given. */
export function unauthenticatedAnswer(): ErrorAnswer {
  const message = "A token of receive.auth.tokens is needed: Authorization: Bearer …";
  return {
    kind: "error",
    httpStatus: 401,
    status: { code: Code.UNAUTHENTICATED, message },
    reason: "unauthenticated",
  };
}

/** A client that asks for too much: it is to come back, and nothing is lost (never RESOURCE_EXHAUSTED, as above). */
export function rateLimitedAnswer(afterMs: number): ErrorAnswer {
  const message = "more requests than receive.limits.requests_per_second";
  return { ...retryAnswer(message, afterMs, "rate-limited"), httpStatus: 429 };
}

/** Something of ours broke; the records are not lost, because the sender tries again. */
export function internalAnswer(): ErrorAnswer {
  return retryAnswer("internal error; the stage's log says more", undefined, "internal");
}

function retryAnswer(message: string, afterMs: number | undefined, reason: RefusedReason): ErrorAnswer {
  const retryAfterMs = Math.ceil(Math.min(RETRY_AFTER_MS_MAX, Math.max(0, afterMs ?? RETRY_AFTER_MS)));
  return {
    kind: "error",
    httpStatus: 503,
    status: { code: Code.UNAVAILABLE, message, retryAfterMs },
    reason,
  };
}
