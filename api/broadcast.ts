/** Hands each value to every listener; a slow listener loses its oldest values, and slows nobody down. */
export interface Broadcast<T> {
  send(values: readonly T[]): void;
  /** Values from now on, until the generator is closed. */
  listen(): AsyncGenerator<T>;
  /** Ends every listener. */
  close(): void;
}

/**
 * @param queueMax values that wait for one listener
 * @param onListeners told the number of listeners whenever it changes
 */
export function createBroadcast<T>(queueMax: number, onListeners: (count: number) => void): Broadcast<T> {
  const listeners = new Set<Listener<T>>();
  const leave = (listener: Listener<T>) => {
    if (listeners.delete(listener)) onListeners(listeners.size);
  };

  return {
    send(values) {
      for (const listener of listeners) {
        listener.queue.push(...values);
        listener.queue.splice(0, listener.queue.length - queueMax);
        listener.wake();
      }
    },
    listen() {
      const listener: Listener<T> = { queue: [], wake: () => undefined, isDone: false };
      listeners.add(listener);
      onListeners(listeners.size);
      return generate(listener, () => leave(listener));
    },
    close() {
      for (const listener of listeners) {
        listener.isDone = true;
        listener.wake();
      }
    },
  };
}

interface Listener<T> {
  readonly queue: T[];
  wake: () => void;
  isDone: boolean;
}

/** Written out, because a generator function that was never asked for a value cannot be told that it may go. */
function generate<T>(listener: Listener<T>, leave: () => void): AsyncGenerator<T> {
  const end = async (): Promise<IteratorResult<T>> => {
    listener.isDone = true;
    listener.wake();
    leave();
    return { done: true, value: undefined };
  };
  return {
    async next() {
      while (listener.queue.length === 0 && !listener.isDone) {
        await new Promise<void>((resolve) => {
          listener.wake = resolve;
        });
      }
      const [value] = listener.queue.splice(0, 1);
      return value === undefined || listener.isDone ? end() : { done: false, value };
    },
    return: end,
    async throw(error) {
      await end();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    [Symbol.asyncDispose]: async () => void (await end()),
  };
}
