import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import type { ScoreRequest, ScoreResponse, Scoring } from "../../../proto/gen/logbert/v1/scoring_pb.js";
import { answerOf, type ErrorAnswer, internalAnswer, overloadedAnswer, refusalAnswer } from "../answer.ts";
import type { Admission } from "../limits.ts";
import { asRequests, CALL, errorOf } from "./as-requests.ts";
import { readInput } from "./read-input.ts";
import type { Score } from "./score.ts";
import { responseOf } from "./scored-records.ts";

/** What scoring on demand needs. */
export interface ScoringPorts {
  readonly score: Score;
  readonly admission: Admission;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
}

/** logbert.v1.Scoring. */
export function createScoringService(ports: ScoringPorts): ServiceImpl<typeof Scoring> {
  return {
    score: (request, context) => scoreOrThrow(request, context, ports),
    async *scoreStream(messages, context) {
      for await (const request of asRequests(messages, context))
        yield await scoreOrThrow(request, context, ports);
    },
  };
}

/** Throws a ConnectError alone. */
async function scoreOrThrow(
  request: ScoreRequest,
  { signal, values }: HandlerContext,
  ports: ScoringPorts,
): Promise<ScoreResponse> {
  const result = await scoreOne(request, signal, ports);
  if (!("kind" in result)) return result;
  // Who has gone was not refused.
  if (!signal.aborted) values.get(CALL).refused(result.reason);
  throw errorOf(result);
}

/** Never rejects. */
async function scoreOne(
  request: ScoreRequest,
  signal: AbortSignal,
  { score, admission, now, onError }: ScoringPorts,
): Promise<ScoreResponse | ErrorAnswer> {
  const reservation = admission.open();
  try {
    const input = readInput(request, now());
    if ("error" in input) return refusalAnswer("malformed", input.error);
    if (!reservation.grow(input.bytes.length)) return overloadedAnswer("grpc");
    const outcome = await score(input.bytes, signal);
    if (outcome.kind === "scored") return responseOf(outcome.judged, input.sources);
    const answer = answerOf(outcome);
    if (answer.kind === "ok") return internalAnswer();
    // There is no next hop here: it is this stage that has too much to do.
    return outcome.kind === "retry" ? { ...answer, reason: "overloaded" } : answer;
  } catch (error) {
    onError(error);
    return internalAnswer();
  } finally {
    reservation.release();
  }
}
