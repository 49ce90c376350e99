import { create } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, createContextKey, type ServiceImpl } from "@connectrpc/connect";
import { RetryInfoSchema } from "../../../proto/gen/google/rpc/error_details_pb.js";
import type { ScoreRequest, ScoreResponse, Scoring } from "../../../proto/gen/logbert/v1/scoring_pb.js";
import { answerOf, type ErrorAnswer, internalAnswer, overloadedAnswer } from "../answer.ts";
import type { Admission } from "../limits.ts";
import { readInput } from "./read-input.ts";
import type { Score } from "./score.ts";
import { responseOf } from "./scored-records.ts";
import { untilAborted } from "./until-aborted.ts";

/** What scoring on demand needs. */
export interface ScoringPorts {
  readonly score: Score;
  readonly admission: Admission;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
}

/** Why a call may not make another request now: each message of a stream is a request, and counts as one. */
export const NEXT_REQUEST = createContextKey<() => ErrorAnswer | undefined>(() => undefined);

/** logbert.v1.Scoring. */
export function createScoringService(ports: ScoringPorts): ServiceImpl<typeof Scoring> {
  return {
    score: (request, { signal }) => scoreOne(request, signal, ports),
    async *scoreStream(requests, { signal, values }) {
      let isFirst = true;
      for await (const request of untilAborted(requests, signal)) {
        // The first one came in with its call.
        const refusal = isFirst ? undefined : values.get(NEXT_REQUEST)();
        if (refusal !== undefined) throw errorOf(refusal);
        isFirst = false;
        yield await scoreOne(request, signal, ports);
      }
    },
  };
}

/** Throws a ConnectError alone. */
async function scoreOne(
  request: ScoreRequest,
  signal: AbortSignal,
  { score, admission, now, onError }: ScoringPorts,
): Promise<ScoreResponse> {
  const input = readInput(request, now());
  if ("error" in input) throw new ConnectError(input.error, Code.InvalidArgument);
  const reservation = admission.open();
  if (!reservation.grow(input.bytes.length)) throw errorOf(overloadedAnswer("grpc"));
  try {
    const outcome = await score(input.bytes, signal);
    if (outcome.kind === "scored") return responseOf(outcome.judged, input.sources);
    const answer = answerOf(outcome);
    throw errorOf(answer.kind === "error" ? answer : internalAnswer());
  } catch (error) {
    if (error instanceof ConnectError) throw error;
    onError(error);
    throw errorOf(internalAnswer());
  } finally {
    reservation.release();
  }
}

/** gRPC has the same numbers for its codes as Connect. */
function errorOf({ status: { code, message, retryAfterMs } }: ErrorAnswer): ConnectError {
  const known = Object.values(Code).find((one): one is Code => one === code) ?? Code.Internal;
  const details =
    retryAfterMs === undefined
      ? []
      : [
          {
            desc: RetryInfoSchema,
            value: create(RetryInfoSchema, { retryDelay: durationFromMs(retryAfterMs) }),
          },
        ];
  return new ConnectError(message, known, undefined, details);
}
