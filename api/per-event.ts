import { createSourceEventStream, type ExecutionArgs, type ExecutionResult, execute } from "graphql";

/**
 * Runs a subscription with a context of its own for each event, where graphql-js has one for them all: what an operation may read is
 * counted in it, which over days would be used up, and what it has read is kept there.
 */
export async function subscribePerEvent(
  args: ExecutionArgs,
  newContext: () => unknown,
): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult> {
  const events = await createSourceEventStream(args);
  return Symbol.asyncIterator in events
    ? mapped(events[Symbol.asyncIterator](), (event) =>
        execute({ ...args, rootValue: event, contextValue: newContext() }),
      )
    : events;
}

/** Written out: a generator function that waits for a value cannot be told meanwhile that nobody wants it any more. */
function mapped<From, To>(
  source: AsyncIterator<From>,
  toResult: (value: From) => To | Promise<To>,
): AsyncIterableIterator<To> {
  const end = async (): Promise<IteratorResult<To>> => {
    await source.return?.();
    return { done: true, value: undefined };
  };
  return {
    async next() {
      const result = await source.next();
      return result.done === true
        ? { done: true, value: undefined }
        : { value: await toResult(result.value) };
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
