import type { MessagePort } from "node:worker_threads";
import type { RowScore } from "../detect/event-scorer.ts";
import type { ModelDirectory } from "./model-directory.ts";
import type { OnnxSession } from "./onnx-session.ts";
import type { PackedRows } from "./pack-rows.ts";
import type { TableCall } from "./table-calls.ts";
import type { TextEncoderSession } from "./text-encoder-session.ts";

/** What the worker is started with. */
export interface WorkerData extends Pick<ModelDirectory, "graphs" | "textDimensions" | "width"> {
  readonly threads: number;
}

/** To the worker: score a batch, encode texts, or leave. One at a time. */
export type SessionCall =
  | { readonly kind: "score"; readonly table: TableCall; readonly rows: PackedRows }
  | { readonly kind: "encode"; readonly texts: readonly string[] }
  | { readonly kind: "close" };

/** From the worker: loaded, scored, encoded, or failed. */
export type SessionAnswer =
  | { readonly kind: "ready" }
  | { readonly kind: "scores"; readonly scores: readonly RowScore[] }
  /** The texts' vectors, one after the other. */
  | { readonly kind: "vectors"; readonly vectors: Float32Array }
  | { readonly kind: "failed"; readonly message: string };

/** A model's graphs, loaded. */
export interface Sessions {
  readonly events: OnnxSession;
  readonly texts: TextEncoderSession;
}

/** Loads the graphs, then answers one call after the other until it is told to leave. */
export function serveSessions(port: MessagePort, open: () => Promise<Sessions>): void {
  const say = (answer: SessionAnswer) => port.postMessage(answer);
  const failed = (error: unknown) =>
    say({ kind: "failed", message: error instanceof Error ? error.message : String(error) });

  const answer = async (sessions: Sessions, call: SessionCall) => {
    if (call.kind === "close") {
      await sessions.events.close();
      await sessions.texts.close();
      port.close();
      return;
    }
    try {
      say(await answerOf(sessions, call));
    } catch (error) {
      failed(error);
    }
  };

  open().then(
    (sessions) => {
      port.on("message", (call: SessionCall) => void answer(sessions, call));
      say({ kind: "ready" });
    },
    (error) => {
      failed(error);
      port.close();
    },
  );
}

async function answerOf(
  { events, texts }: Sessions,
  call: Exclude<SessionCall, { readonly kind: "close" }>,
): Promise<SessionAnswer> {
  if (call.kind === "score") return { kind: "scores", scores: await events.score(call.table, call.rows) };
  return { kind: "vectors", vectors: await texts.encode(call.texts) };
}
