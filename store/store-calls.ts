import type { MessagePort } from "node:worker_threads";
import { type Store, StoreError } from "./store.ts";

/** The calls of a {@link Store} as messages, so that a database that blocks can live in a thread of its own. */
export interface StoreCall {
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

/** The answer to the call with the same id; 0 answers the opening. */
export type StoreAnswer =
  | { readonly id: number; readonly value: unknown }
  | {
      readonly id: number;
      readonly error: {
        readonly code: StoreError["code"];
        readonly message: string;
        readonly remedy: string;
      };
    };

/** Id of the answer that tells whether the store could be opened. */
export const OPENING = 0;

/** Opens a store and answers calls to it until it is closed. */
export function serveStore(port: MessagePort, open: () => Promise<Store>): void {
  const answer = async (id: number, work: () => Promise<unknown>) => {
    try {
      port.postMessage({ id, value: await work() } satisfies StoreAnswer);
    } catch (error) {
      port.postMessage({ id, error: toPlain(error) } satisfies StoreAnswer);
    }
  };
  void answer(OPENING, async () => {
    const store = await open();
    port.on("message", (call: StoreCall) => {
      void answer(call.id, () => invoke(store, call)).then(() => {
        if (call.method === "close") port.close();
      });
    });
  });
}

async function invoke(store: Store, { method, args }: StoreCall): Promise<unknown> {
  const call: unknown = Reflect.get(store, method);
  if (typeof call !== "function") throw new Error(`a store has no method "${method}"`);
  return Reflect.apply(call, store, args);
}

function toPlain(error: unknown): { code: StoreError["code"]; message: string; remedy: string } {
  if (error instanceof StoreError) return { code: error.code, message: error.message, remedy: error.remedy };
  return { code: "other", message: String(error), remedy: "restart logbert, and report it" };
}
