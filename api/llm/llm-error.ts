import type { LlmFailureReason, TokenUsage } from "../../store/llm.ts";
import { isKnownErrorCode } from "./error-codes.ts";

/** Those after which the same question may be answered. */
const PASSING: ReadonlySet<LlmFailureReason> = new Set([
  "rate-limited",
  "timeout",
  "unreachable",
  "server-error",
]);

/** Longest time that a provider is left alone because it says so. */
export const RETRY_AFTER_MS_MAX = 3_600_000;

/** What else is known of a failure. */
interface LlmErrorOptions {
  readonly retryAfterMs?: number | undefined;
  readonly usage?: TokenUsage | undefined;
  /** Where the reason does not tell. */
  readonly isPassing?: boolean;
}

/** Asking failed. Neither what was sent nor what came back is in it: both may hold what is not to be logged. */
export class LlmError extends Error {
  override readonly name = "LlmError";
  readonly reason: LlmFailureReason;
  readonly detail: string | undefined;
  /** How long the provider wants to be left alone. */
  readonly retryAfterMs: number | undefined;
  /** What an answer took that cannot be used. */
  readonly usage: TokenUsage | undefined;
  /** Whether another try may fare better. */
  readonly isPassing: boolean;

  /** @param detail such as "HTTP 404" */
  constructor(reason: LlmFailureReason, detail?: string, options: LlmErrorOptions = {}) {
    super(detail === undefined ? reason : `${reason}: ${detail}`);
    this.reason = reason;
    this.detail = detail;
    this.retryAfterMs = options.retryAfterMs;
    this.usage = options.usage;
    this.isPassing = options.isPassing ?? PASSING.has(reason);
  }
}

/**
 * An answer that its provider kept back.
 *
 * @param codes why, as the provider calls it; the first that is known is told
 */
export function errorOfWithheld(codes: readonly unknown[], usage: TokenUsage): LlmError {
  return new LlmError("malformed", withCode("the answer was withheld", codes), { usage });
}

function withCode(text: string, codes: readonly unknown[]): string {
  const code = codes.find(isKnownErrorCode);
  return code === undefined ? text : `${text} (${code})`;
}

/** Of the runtime, such as ECONNREFUSED or UND_ERR_SOCKET. */
const SYSTEM_CODE = /^[A-Z][A-Z0-9_]{1,59}$/;

/**
 * What an HTTP status other than 2xx means.
 *
 * @param codes what the answer calls the error; the first that is known is told
 * @param askedMs how long the provider asks to be left alone
 */
export function errorOfStatus(
  status: number,
  codes: readonly unknown[],
  askedMs: number | undefined,
): LlmError {
  const detail = withCode(`HTTP ${status}`, codes);
  const retryAfterMs = askedMs === undefined ? undefined : Math.min(askedMs, RETRY_AFTER_MS_MAX);
  if (status === 429) return new LlmError("rate-limited", detail, { retryAfterMs });
  if (status === 408) return new LlmError("timeout", detail, { retryAfterMs });
  if (status >= 500) return new LlmError("server-error", detail, { retryAfterMs });
  return new LlmError("refused", detail);
}

/** A failure below HTTP, by its code alone: what else an error says may hold the address. */
export function errorOfTransport(error: unknown, signal: AbortSignal): LlmError {
  if (signal.aborted) return new LlmError("timeout");
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  const code = typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined;
  return new LlmError("unreachable", typeof code === "string" && SYSTEM_CODE.test(code) ? code : undefined);
}
