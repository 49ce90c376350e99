import type { MessagePort } from "node:worker_threads";

/** A model, loaded. What it does blocks the calling thread. */
export interface ThreadSession<Call, Answer> {
  answer(call: Call): Promise<Answer>;
  close(): Promise<void>;
}

/** To any model's thread: leave. */
export type CloseCall = { readonly kind: "close" };

/** From any model's thread: loaded, or failed. */
export type ThreadNotice = { readonly kind: "ready" } | { readonly kind: "failed"; readonly message: string };

/** Loads a model, then answers one call after the other until it is told to leave. */
export function serveThread<Call extends { readonly kind: string }, Answer>(
  port: MessagePort,
  open: () => Promise<ThreadSession<Call, Answer>>,
): void {
  const say = (answer: Answer | ThreadNotice) => port.postMessage(answer);
  const failed = (error: unknown) =>
    say({ kind: "failed", message: error instanceof Error ? error.message : String(error) });

  const take = async (session: ThreadSession<Call, Answer>, call: Call | CloseCall) => {
    if (isClose(call)) {
      await session.close();
      port.close();
      return;
    }
    try {
      say(await session.answer(call));
    } catch (error) {
      failed(error);
    }
  };

  open().then(
    (session) => {
      port.on("message", (call: Call | CloseCall) => void take(session, call));
      say({ kind: "ready" });
    },
    (error) => {
      failed(error);
      port.close();
    },
  );
}

function isClose(call: { readonly kind: string }): call is CloseCall {
  return call.kind === "close";
}
