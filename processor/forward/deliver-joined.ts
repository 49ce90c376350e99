import { readRequest } from "../wire/read-request.ts";
import { createSizeBound } from "./create-size-bound.ts";
import type { ForwardOutcome } from "./forward-outcome.ts";
import { nextHopText } from "./next-hop-text.ts";
import { outcomeOfSilence } from "./outcome.ts";
import type { Sender } from "./sender.ts";
import { shareRejected } from "./share-rejected.ts";

/** One sender's request among others. */
export interface JoinedRequest {
  readonly body: Uint8Array;
  /** Aborted when its sender goes away. */
  readonly signal: AbortSignal;
  readonly answer: (outcome: ForwardOutcome) => void;
}

/** Sends requests as one, and answers each by the fate of its own records. */
export interface Delivery {
  /** Never rejects. */
  deliver(requests: readonly JoinedRequest[]): Promise<void>;
  /** Whether the request was among those that were not taken together: it may be the reason, and goes alone. */
  isSuspect(body: Uint8Array): boolean;
  /** Largest joined request that the next hop seems to take; 0 while none should be joined. */
  bytesMax(): number;
}

/** After an answer that cannot be shared out for certain, requests go alone for so long. */
const ALONE_MS = 60_000;

type Accepted = Extract<ForwardOutcome, { readonly kind: "accepted" }>;

/** @param now milliseconds, monotonic */
export function createDelivery(
  sender: Sender,
  options: { readonly bytesMax: number; readonly now: () => number },
): Delivery {
  const suspects = new WeakSet<Uint8Array>();
  const size = createSizeBound(options.bytesMax, options.now);
  let aloneUntilMs = Number.NEGATIVE_INFINITY;

  const send = (body: Uint8Array, signal: AbortSignal): Promise<ForwardOutcome> =>
    sender.send(body, signal).catch(outcomeOfSilence);
  const answerRetry = (requests: readonly JoinedRequest[], outcome: ForwardOutcome) => {
    for (const { body, answer } of requests) {
      suspects.add(body);
      answer(outcome);
    }
  };
  /** In order, and none after one that is to come again. */
  const sendEach = async (requests: readonly JoinedRequest[]) => {
    for (const [index, { body, signal, answer }] of requests.entries()) {
      const outcome = await send(body, signal);
      answer(outcome);
      if (outcome.kind === "retry" && !signal.aborted) return answerRetry(requests.slice(index + 1), outcome);
    }
  };

  return {
    isSuspect: (body) => suspects.has(body),
    bytesMax: () => (options.now() < aloneUntilMs ? 0 : size.bytesMax()),
    async deliver(requests) {
      const [only] = requests;
      if (only !== undefined && requests.length === 1) return only.answer(await send(only.body, only.signal));
      const joined = Buffer.concat(requests.map(({ body }) => body));
      const outcome = await sendWhileWanted(joined, requests, send);
      if (outcome.kind === "retry") return answerRetry(requests, outcome);
      if (outcome.kind === "accepted") {
        if (outcome.rejectedRecords > 0) aloneUntilMs = options.now() + ALONE_MS;
        return answerAccepted(requests, outcome);
      }
      if (outcome.reason === "too-large") size.refused(joined.length);
      return sendEach(requests);
    },
  };
}

/** One sender that goes away must not end what others wait for; when all have gone, nobody does. */
async function sendWhileWanted(
  joined: Uint8Array,
  requests: readonly JoinedRequest[],
  send: (body: Uint8Array, signal: AbortSignal) => Promise<ForwardOutcome>,
): Promise<ForwardOutcome> {
  const unwanted = new AbortController();
  const look = () => {
    if (requests.every(({ signal }) => signal.aborted)) unwanted.abort(new Error("all senders have gone"));
  };
  for (const { signal } of requests) signal.addEventListener("abort", look);
  const outcome = await send(joined, unwanted.signal);
  for (const { signal } of requests) signal.removeEventListener("abort", look);
  return outcome;
}

function answerAccepted(requests: readonly JoinedRequest[], outcome: Accepted): void {
  if (outcome.rejectedRecords === 0) {
    for (const { answer } of requests) answer(outcome);
    return;
  }
  const records = requests.map(({ body }) => countRecords(body));
  const shares = shareRejected(outcome.rejectedRecords, records);
  const total = records.reduce((sum, count) => sum + count, 0);
  const message = nextHopText(
    `${outcome.rejectedRecords} of ${total} records that were sent together were rejected, whose is not known: ${outcome.message}`,
  );
  for (const [index, { answer }] of requests.entries())
    answer({ kind: "accepted", rejectedRecords: shares[index] ?? 0, message });
}

/** What cannot be read has no records to share in; the pipeline has read it before. */
function countRecords(body: Uint8Array): number {
  try {
    return readRequest(body).records.length;
  } catch {
    return 0;
  }
}
