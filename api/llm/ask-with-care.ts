import {
  BrokenCircuitError,
  ConsecutiveBreaker,
  circuitBreaker,
  DelegateBackoff,
  ExponentialBackoff,
  handleWhen,
  type IBackoff,
  type IRetryBackoffContext,
  noJitterGenerator,
  retry,
} from "cockatiel";
import type { LlmAnswer, TokenUsage } from "../../store/llm.ts";
import { parseAnswer } from "./answer.ts";
import type { Asker, Budget } from "./budget.ts";
import { LlmError, RETRY_AFTER_MS_MAX } from "./llm-error.ts";
import type { Prompt } from "./prompt.ts";
import type { Provider } from "./provider.ts";

/** Who wants to be left alone for longer is not waited for: asking again is left to people. */
const RETRY_WAIT_MS_MAX = 10_000;
const FIRST_DELAY_MS = 500;
/** Failures in a row after which the provider is left alone, and for how long: longer after each probe that fails. */
const FAILURES_MAX = 5;
const PAUSE_MS = 30_000;
const PAUSE_MS_MAX = 600_000;

/** What asking needs. */
export interface CarePorts {
  readonly provider: Provider;
  readonly budget: Budget;
  readonly retries: number;
  readonly timeoutMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Ends everything that is under way. */
  readonly closing: AbortSignal;
}

/** An answer that has been checked. */
export interface CheckedAnswer {
  readonly answer: LlmAnswer;
  readonly usage: TokenUsage;
}

/** Asks within the budget and the time; rejects with an {@link LlmError}, or with why everything ends. `onSent` is told when something leaves. */
export type AskWithCare = (prompt: Prompt, asker: Asker, onSent: () => void) => Promise<CheckedAnswer>;

/**
 * What stands between us and a provider: each try takes a call of the budget, may last so long, and is repeated after a failure that may
 * pass, with decorrelated jitter and not before the provider wants it. One that has failed again and again is left alone
 * (Nygard, Release It!, "Circuit Breaker").
 */
export function createAskWithCare(ports: CarePorts): AskWithCare {
  const { provider, budget, timeoutMs, now, closing } = ports;
  const throughBreaker = createBreaker();
  const retrying = retry(handleWhen(isWorthWaiting), {
    maxAttempts: ports.retries,
    backoff: jitterAfterWhatIsAsked(),
  }).dangerouslyUnref();
  let quietUntilMs = 0;

  const askOnce = async (prompt: Prompt, asker: Asker, onSent: () => void): Promise<CheckedAnswer> => {
    const roomAtMs = await budget.take(asker);
    if (roomAtMs !== undefined)
      throw new LlmError("over-budget", undefined, { retryAfterMs: Math.max(0, roomAtMs - now()) });
    onSent();
    const signal = AbortSignal.any([closing, AbortSignal.timeout(timeoutMs)]);
    try {
      const { text, usage } = await provider.ask(prompt, signal);
      return { answer: parseAnswer(text, usage), usage };
    } catch (error) {
      if (error instanceof LlmError && error.retryAfterMs !== undefined)
        quietUntilMs = now() + error.retryAfterMs;
      throw error;
    }
  };

  const requireOpenDoor = () => {
    closing.throwIfAborted();
    const quietMs = quietUntilMs - now();
    // One that is further ahead was set by a clock that was set back since.
    if (quietMs > 0 && quietMs <= RETRY_AFTER_MS_MAX)
      throw new LlmError("rate-limited", undefined, { retryAfterMs: quietMs });
  };

  return async (prompt, asker, onSent) => {
    let lastError: unknown;
    try {
      return await retrying.execute(async () => {
        requireOpenDoor();
        return await throughBreaker(() =>
          askOnce(prompt, asker, onSent).catch((error: unknown) => {
            lastError = error;
            throw error;
          }),
        );
      }, closing);
    } catch (error) {
      // What it was given up for says nothing of the provider.
      closing.throwIfAborted();
      if (error instanceof BrokenCircuitError) throw lastError ?? new LlmError("paused");
      throw error;
    }
  };
}

/** Does what it is given, unless that has failed too often. */
type ThroughBreaker = <T>(work: () => Promise<T>) => Promise<T>;

/** The library measures its pauses by a clock that people set: one that is longer than any pause ends with the breaker that made it. */
function createBreaker(): ThroughBreaker {
  let openedAtMs = 0;
  const create = () => {
    const breaker = circuitBreaker(handleWhen(isOfProvider), {
      breaker: new ConsecutiveBreaker(FAILURES_MAX),
      halfOpenAfter: new ExponentialBackoff({
        generator: noJitterGenerator,
        initialDelay: PAUSE_MS,
        maxDelay: PAUSE_MS_MAX,
      }),
    });
    breaker.onBreak(() => {
      openedAtMs = performance.now();
    });
    return breaker;
  };
  let breaker = create();
  return async (work) => {
    try {
      return await breaker.execute(work);
    } catch (error) {
      const isStuck = performance.now() - openedAtMs > PAUSE_MS_MAX;
      if (!(error instanceof BrokenCircuitError && isStuck)) throw error;
      breaker = create();
      return await breaker.execute(work);
    }
  };
}

/** Whether it speaks against the provider: an empty budget does not. */
function isOfProvider(error: unknown): boolean {
  return error instanceof LlmError && error.reason !== "over-budget";
}

function isWorthWaiting(error: unknown): boolean {
  return error instanceof LlmError && error.isPassing && (error.retryAfterMs ?? 0) <= RETRY_WAIT_MS_MAX;
}

function jitterAfterWhatIsAsked() {
  const first = () => new ExponentialBackoff({ initialDelay: FIRST_DELAY_MS }).next();
  return new DelegateBackoff<IRetryBackoffContext<unknown>, IBackoff<unknown>>(
    ({ result }, own = first()) => {
      const error = "error" in result ? result.error : undefined;
      const askedMs = error instanceof LlmError ? error.retryAfterMs : undefined;
      return { delay: Math.max(own.duration, askedMs ?? 0), state: own.next(undefined) };
    },
  );
}
