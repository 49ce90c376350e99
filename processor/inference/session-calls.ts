import type { MessagePort } from "node:worker_threads";
import type { RowScore, ScoringBatch } from "../detect/event-scorer.ts";
import type { OnnxSession } from "./onnx-session.ts";

/** To the worker: score a batch, or leave. One at a time. */
export type SessionCall =
  | { readonly kind: "score"; readonly batch: ScoringBatch }
  | { readonly kind: "close" };

/** From the worker: loaded, scored, or failed. */
export type SessionAnswer =
  | { readonly kind: "ready" }
  | { readonly kind: "scores"; readonly scores: readonly RowScore[] }
  | { readonly kind: "failed"; readonly message: string };

/** Loads the graph, then answers one call after the other until it is told to leave. */
export function serveSession(port: MessagePort, open: () => Promise<OnnxSession>): void {
  const say = (answer: SessionAnswer) => port.postMessage(answer);
  const failed = (error: unknown) =>
    say({ kind: "failed", message: error instanceof Error ? error.message : String(error) });

  const answer = async (session: OnnxSession, call: SessionCall) => {
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
      port.on("message", (call: SessionCall) => void answer(session, call));
      say({ kind: "ready" });
    },
    (error) => {
      failed(error);
      port.close();
    },
  );
}
