import { create } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, createContextKey, type HandlerContext } from "@connectrpc/connect";
import { RetryInfoSchema } from "../../../proto/gen/google/rpc/error_details_pb.js";
import type { ErrorAnswer } from "../answer.ts";
import type { RefusedReason } from "../consume.ts";
import { untilAborted } from "./until-aborted.ts";

/** A call under way, as the doors see it. */
export interface CallUnderWay {
  /** Why it may not make another request now, which is then counted; undefined where it may. */
  next(): ErrorAnswer | undefined;
  /** Counts a request of it that was not taken. */
  refused(reason: RefusedReason): void;
}

/** The call that a handler serves. */
export const CALL = createContextKey<CallUnderWay>({ next: () => undefined, refused: () => undefined });

/** The messages of a call: each but the first, which came in with its call, is let in by itself. Throws a ConnectError. */
export async function* asRequests<T>(
  messages: AsyncIterable<T>,
  { signal, values }: Pick<HandlerContext, "signal" | "values">,
): AsyncGenerator<T> {
  let isFirst = true;
  for await (const message of untilAborted(messages, signal)) {
    const refusal = isFirst ? undefined : values.get(CALL).next();
    if (refusal !== undefined) throw errorOf(refusal);
    isFirst = false;
    yield message;
  }
}

/** What a caller is told. gRPC has the same numbers for its codes as Connect. */
export function errorOf({ status: { code, message, retryAfterMs } }: ErrorAnswer): ConnectError {
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
