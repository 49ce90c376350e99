import { type Store, StoreError } from "./store.ts";

/** The store, whose calls reject with what `explain` makes of a driver's error, and with a {@link StoreError} as it is. */
export function withExplainedErrors(store: Store, explain: (error: unknown) => StoreError): Store {
  return new Proxy(store, {
    get(target, method, receiver) {
      const call: unknown = Reflect.get(target, method, receiver);
      if (typeof call !== "function") return call;
      return (...args: unknown[]) => explained(async () => Reflect.apply(call, target, args), explain);
    },
  });
}

/** Does the work; rejects with a {@link StoreError} only. */
export async function explained<T>(
  work: () => Promise<T>,
  explain: (error: unknown) => StoreError,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof StoreError ? error : explain(error);
  }
}
