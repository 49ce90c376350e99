import { z } from "zod";

/** The weights, and how much work may wait for them. */
export const inferenceConfig = z.strictObject({
  model: z
    .string()
    .default("")
    .describe("A model directory; empty: the one that is shipped. Environment: LOGBERT_MODEL."),
  threads: z
    .int()
    .min(1)
    .max(64)
    .default(1)
    .describe("Threads of one model run; more than one helps large batches only."),
  max_waiting_rows: z
    .int()
    .min(100)
    .default(20_000)
    .describe("Events that wait for the model; over it requests pass on unscored."),
});
export type InferenceConfig = z.infer<typeof inferenceConfig>;
