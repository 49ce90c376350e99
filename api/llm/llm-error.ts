import type { LlmFailureReason } from "../../store/llm.ts";

/** Those after which the same question may be answered. */
const PASSING: ReadonlySet<LlmFailureReason> = new Set([
  "rate-limited",
  "timeout",
  "unreachable",
  "server-error",
]);

/** Longest time that a provider is left alone because it says so. */
export const RETRY_AFTER_MS_MAX = 3_600_000;

/** Asking failed. Neither what was sent nor what came back is in it: both may hold what is not to be logged. */
export class LlmError extends Error {
  override readonly name = "LlmError";
  readonly reason: LlmFailureReason;
  readonly detail: string | undefined;
  /** How long the provider wants to be left alone. */
  readonly retryAfterMs: number | undefined;

  /** @param detail such as "HTTP 404" */
  constructor(reason: LlmFailureReason, detail?: string, retryAfterMs?: number) {
    super(detail === undefined ? reason : `${reason}: ${detail}`);
    this.reason = reason;
    this.detail = detail;
    this.retryAfterMs = retryAfterMs;
  }

  /** Whether another try may fare better. */
  get isPassing(): boolean {
    return PASSING.has(this.reason);
  }
}

/** A code such as model_not_found or API_KEY_INVALID; whatever else an answer says may quote what was sent. */
const CODE = /^[A-Za-z][A-Za-z0-9_]{1,59}$/;

/**
 * What an HTTP status other than 2xx means.
 *
 * @param code what the answer calls the error, if it does
 * @param askedMs how long the provider asks to be left alone
 */
export function errorOfStatus(status: number, code: unknown, askedMs: number | undefined): LlmError {
  const retryAfterMs = askedMs === undefined ? undefined : Math.min(askedMs, RETRY_AFTER_MS_MAX);
  const detail = `HTTP ${status}${typeof code === "string" && CODE.test(code) ? ` (${code})` : ""}`;
  if (status === 429) return new LlmError("rate-limited", detail, retryAfterMs);
  if (status === 408) return new LlmError("timeout", detail, retryAfterMs);
  if (status >= 500) return new LlmError("server-error", detail, retryAfterMs);
  return new LlmError("refused", detail);
}

/** A failure below HTTP, by its code alone: what else an error says may hold the address. */
export function errorOfTransport(error: unknown, signal: AbortSignal): LlmError {
  if (signal.aborted) return new LlmError("timeout");
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  const code = typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined;
  return new LlmError("unreachable", typeof code === "string" && CODE.test(code) ? code : undefined);
}
