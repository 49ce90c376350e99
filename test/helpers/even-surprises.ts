import type { AnswerSurprises, ScoringBatch } from "../../processor/detect/event-scorer.ts";
import { standInEncoder } from "./stand-in-encoder.ts";

/** What a model says that is equally surprised by everything; the texts' vectors are the stand-in's. */
export function evenSurprises({ table, rows }: ScoringBatch, surprise: number): readonly AnswerSurprises[] {
  const answers = table.vectors.length / standInEncoder.dimensions + 1;
  return rows.map(() => new Float32Array(answers).fill(surprise));
}
