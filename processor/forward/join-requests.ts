import { isConcatenable } from "../wire/is-concatenable.ts";
import { createDelivery, type JoinedRequest } from "./deliver-joined.ts";
import { outcomeOfSilence } from "./outcome.ts";
import type { Sender } from "./sender.ts";

/** How requests are joined. */
export interface JoinOptions {
  /** Largest joined request. */
  readonly bytesMax: number;
  /** Small requests to the next hop at a time; what comes meanwhile waits, and goes on together. */
  readonly concurrency: number;
  /** Longest wait; after it the sender is told to come back. */
  readonly waitMsMax: number;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
}

/** A larger request costs more by its bytes than by being a request: it goes at once. */
export const SMALL_BYTES = 64 * 1024;
/** So that one bad request among them has not too many sent again. */
const REQUESTS_MAX = 256;

interface Waiting extends JoinedRequest {
  readonly sinceMs: number;
  readonly mayJoin: boolean;
}

/**
 * Sends a small request at once while fewer than `concurrency` are on their way. Otherwise it waits in the order of arrival,
 * and what waits goes on as one request. A larger one has what waits before it sent first, and goes at once. Each sender is
 * answered by the fate of its own records; docs/decisions/0015 says how.
 */
export function joinRequests(sender: Sender, options: JoinOptions): Sender {
  const { concurrency, waitMsMax, now } = options;
  const queue: Waiting[] = [];
  const delivery = createDelivery(sender, options);
  let onTheirWay = 0;

  const sendNext = () => {
    onTheirWay += 1;
    delivery.deliver(take(queue, delivery.bytesMax())).finally(arrived);
  };
  const arrived = () => {
    onTheirWay -= 1;
    answerLate(queue, now() - waitMsMax);
    while (queue.length > 0 && onTheirWay < concurrency) sendNext();
  };
  return {
    send(body, signal) {
      if (body.length > SMALL_BYTES) {
        while (queue.length > 0) sendNext();
        return sender.send(body, signal);
      }
      if (onTheirWay < concurrency) {
        onTheirWay += 1;
        return sender.send(body, signal).finally(arrived);
      }
      return new Promise((resolve) => {
        const mayJoin = isConcatenable(body) && !delivery.isSuspect(body);
        enqueue(queue, { body, signal, sinceMs: now(), mayJoin, answer: resolve });
      });
    },
    close: () => sender.close(),
  };
}

/** A sender that goes away while its request waits is not waited for. */
function enqueue(queue: Waiting[], waiting: Waiting): void {
  const { signal, answer } = waiting;
  const leave = () => {
    const at = queue.indexOf(queued);
    if (at < 0) return;
    queue.splice(at, 1);
    answer(outcomeOfSilence(signal.reason));
  };
  const queued: Waiting = {
    ...waiting,
    answer: (outcome) => {
      signal.removeEventListener("abort", leave);
      answer(outcome);
    },
  };
  queue.push(queued);
  signal.addEventListener("abort", leave, { once: true });
}

/** The first that waits, and those behind it that may go with it. */
function take(queue: Waiting[], bytesMax: number): readonly Waiting[] {
  let count = 0;
  let bytes = 0;
  for (const { body, mayJoin } of queue) {
    bytes += body.length;
    const isTaken = count === 0 || (mayJoin && bytes <= bytesMax && count < REQUESTS_MAX);
    if (!isTaken) break;
    count += 1;
    if (!mayJoin) break;
  }
  return queue.splice(0, count);
}

/** Answers those that have waited too long: they stand in front. */
function answerLate(queue: Waiting[], beforeMs: number): void {
  let count = 0;
  for (const { sinceMs } of queue) {
    if (sinceMs >= beforeMs) break;
    count += 1;
  }
  for (const { answer } of queue.splice(0, count))
    answer(outcomeOfSilence(new Error("it is busy with the requests before this one")));
}
