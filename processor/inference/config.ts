import { z } from "zod";

/** The weights, and how much work may wait for them. */
export const inferenceConfig = z.strictObject({
  model: z
    .string()
    .default("")
    .describe(
      "A model directory, logbert's own or Hugging Face's (docs/pretrained-models.md); empty: the one that is shipped. Environment: LOGBERT_MODEL.",
    ),
  anomaly_label: z
    .string()
    .default("")
    .describe(
      "Of a Hugging Face classifier: the label (id2label) whose probability is the score; empty: found by its name.",
    ),
  graph_file: z
    .string()
    .default("")
    .describe(
      "Of a Hugging Face directory: the ONNX file in it, such as onnx/model_quantized.onnx; empty: model.onnx or onnx/model.onnx.",
    ),
  context_events: z
    .int()
    .min(0)
    .max(512)
    .default(20)
    .describe(
      "Events before the judged one that a Hugging Face model is shown, as far as the window holds them; 0 for a model that was trained on single messages.",
    ),
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
    .describe("Events that wait for the model; over it the other detectors judge without it."),
});
export type InferenceConfig = z.infer<typeof inferenceConfig>;
