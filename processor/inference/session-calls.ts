import type { MessagePort } from "node:worker_threads";

/** A model, loaded. Its run blocks the calling thread. */
export interface BatchSession<Batch, Score> {
  /** One score a row of the batch, in their order. */
  score(batch: Batch): Promise<readonly Score[]>;
  close(): Promise<void>;
}

/** To the worker: score a batch, or leave. One at a time. */
export type SessionCall<Batch> =
  | { readonly kind: "score"; readonly batch: Batch }
  | { readonly kind: "close" };

/** From the worker: loaded, scored, or failed. */
export type SessionAnswer<Score> =
  | { readonly kind: "ready" }
  | { readonly kind: "scores"; readonly scores: readonly Score[] }
  | { readonly kind: "failed"; readonly message: string };

/** Loads the graph, then answers one call after the other until it is told to leave. */
export function serveSession<Batch, Score>(
  port: MessagePort,
  open: () => Promise<BatchSession<Batch, Score>>,
): void {
  const say = (answer: SessionAnswer<Score>) => port.postMessage(answer);
  const failed = (error: unknown) =>
    say({ kind: "failed", message: error instanceof Error ? error.message : String(error) });

  const answer = async (session: BatchSession<Batch, Score>, call: SessionCall<Batch>) => {
    if (call.kind === "close") {
      await session.close();
      port.close();
      return;
    }
    try {
      say({ kind: "scores", scores: await session.score(call.batch) });
    } catch (error) {
      failed(error);
    }
  };

  open().then(
    (session) => {
      port.on("message", (call: SessionCall<Batch>) => void answer(session, call));
      say({ kind: "ready" });
    },
    (error) => {
      failed(error);
      port.close();
    },
  );
}
