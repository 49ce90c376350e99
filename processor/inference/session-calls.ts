import type { AnswerSurprises } from "../detect/event-scorer.ts";
import type { ModelDirectory } from "./model-directory.ts";
import type { OnnxSession } from "./onnx-session.ts";
import type { PackedRows } from "./pack-runs.ts";
import type { ThreadSession } from "./serve-thread.ts";
import type { TableCall } from "./table-calls.ts";
import type { TextEncoderSession } from "./text-encoder-session.ts";

/** What the worker is started with. */
export interface WorkerData extends Pick<ModelDirectory, "graphs" | "textDimensions" | "width"> {
  readonly threads: number;
}

/** To the worker: score a batch, or encode texts. One at a time. */
export type SessionCall =
  | { readonly kind: "score"; readonly tables: readonly TableCall[]; readonly runs: readonly PackedRows[] }
  | { readonly kind: "encode"; readonly texts: readonly string[] };

/** From the worker: scored, or encoded. */
export type SessionAnswer =
  | { readonly kind: "scores"; readonly scores: readonly AnswerSurprises[] }
  /** The texts' vectors, one after the other. */
  | { readonly kind: "vectors"; readonly vectors: Float32Array };

/** A model's graphs, loaded. */
export interface Sessions {
  readonly events: OnnxSession;
  readonly texts: TextEncoderSession;
}

/** Both graphs as one session of the model's thread. */
export function asThreadSession({ events, texts }: Sessions): ThreadSession<SessionCall, SessionAnswer> {
  return {
    async answer(call) {
      if (call.kind === "score")
        return { kind: "scores", scores: await events.score(call.tables, call.runs) };
      return { kind: "vectors", vectors: await texts.encode(call.texts) };
    },
    async close() {
      await events.close();
      await texts.close();
    },
  };
}
