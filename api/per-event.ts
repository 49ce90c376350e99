import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
} from "graphql";

/** What the events of a subscription need. */
export interface EventPorts {
  readonly newContext: () => unknown;
  /** Lets an event be worked on when its turn comes; undefined when nobody wants it any more by then. */
  readonly inTurn: (
    work: () => Promise<ExecutionResult>,
    isWanted: () => boolean,
  ) => Promise<ExecutionResult | undefined>;
  /** Told once nothing is worked on for the subscription any more, maybe several times. */
  readonly onEnd: () => void;
}

/**
 * Runs a subscription with a context of its own for each event, where graphql-js has one for them all: what an operation may read is
 * counted in it, which over days would be used up, and what it has read is kept there. One event follows the other: the next is worked
 * on when the one before has been taken.
 */
export async function subscribePerEvent(
  args: ExecutionArgs,
  { newContext, inTurn, onEnd }: EventPorts,
): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult> {
  const events = await createSourceEventStream(args).catch(failed);
  if (Symbol.asyncIterator in events)
    return mapped(
      events[Symbol.asyncIterator](),
      (event, isWanted) =>
        inTurn(async () => execute({ ...args, rootValue: event, contextValue: newContext() }), isWanted),
      onEnd,
    );
  onEnd();
  return events;
}

/** What graphql-js rejects with closes the connection, with all its other operations. */
function failed(error: unknown): ExecutionResult {
  const cause = error instanceof Error ? error : new Error(String(error));
  return { errors: [new GraphQLError(cause.message, { originalError: cause })] };
}

/** Written out: a generator function that waits for a value cannot be told meanwhile that nobody wants it any more. */
function mapped<From, To>(
  source: AsyncIterator<From>,
  toResult: (value: From, isWanted: () => boolean) => Promise<To | undefined>,
  onEnd: () => void,
): AsyncIterableIterator<To> {
  let isOver = false;
  let isWorking = false;
  const end = async (): Promise<IteratorResult<To>> => {
    isOver = true;
    if (!isWorking) onEnd();
    await source.return?.();
    return { done: true, value: undefined };
  };
  const work = async (value: From): Promise<To | undefined> => {
    isWorking = true;
    try {
      return await toResult(value, () => !isOver);
    } finally {
      isWorking = false;
      if (isOver) onEnd();
    }
  };
  return {
    async next() {
      try {
        const event = await source.next();
        const value = event.done === true ? undefined : await work(event.value);
        return value === undefined ? await end() : { value };
      } catch (error) {
        await end();
        throw error;
      }
    },
    return: end,
    async throw(error: unknown) {
      await end();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
