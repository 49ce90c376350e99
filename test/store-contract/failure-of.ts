import { expect } from "vitest";
import type { StoreError } from "../../store/store.ts";

/** What a store's call that must fail rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<StoreError> {
  return promise.then(
    () => expect.unreachable("should have failed"),
    (error) => error,
  );
}
