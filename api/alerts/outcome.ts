/** How a try to hand a message over ended. */
export type Outcome =
  | { readonly kind: "sent" }
  /** It may be taken later. */
  | { readonly kind: "retry"; readonly afterMs: number | undefined; readonly reason: string }
  /** It will never be taken. */
  | { readonly kind: "refused"; readonly reason: string };

const FIRST_DELAY_MS = 2_000;
const DELAY_MS_MAX = 300_000;
/** What a receiver may ask for. */
export const RETRY_AFTER_MS_MAX = 3_600_000;

/**
 * How long to wait after so many tries: twice as long each time, at random between half of it and all, so that many senders do not
 * come back together; never earlier than the receiver asked for.
 *
 * @param random 0 to 1
 * @returns whole milliseconds
 */
export function retryDelayMs(attempts: number, afterMs: number | undefined, random: number): number {
  const longest = Math.min(FIRST_DELAY_MS * 2 ** Math.min(attempts, 30), DELAY_MS_MAX);
  const ownMs = longest * (0.5 + random / 2);
  return Math.ceil(Math.max(ownMs, Math.min(afterMs ?? 0, RETRY_AFTER_MS_MAX)));
}
