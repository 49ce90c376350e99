import { z } from "zod";
import { CONFIGURABLE_DETECTORS } from "./evidence.ts";

/** What judges, and how long it may take. */
export const detectConfig = z.strictObject({
  detectors: z
    .array(z.enum(CONFIGURABLE_DETECTORS))
    .min(1)
    .default([...CONFIGURABLE_DETECTORS])
    .describe(
      "Detectors in use; what they say is combined into one score. With a Hugging Face model, event-model is that model.",
    ),
  scoring_budget_ms: z
    .int()
    .min(10)
    .max(60_000)
    .default(500)
    .describe(
      "Longest time that scoring one request may take, and longest time that it may wait for its turn; after it records pass on unscored.",
    ),
  max_records_in_work: z
    .int()
    .min(1)
    .max(10_000_000)
    .default(50_000)
    .describe(
      "Records being scored, forwarded or learned from at one time (about 2 KiB of memory each); over it requests pass on as they came, unscored.",
    ),
  context_events: z
    .int()
    .min(1)
    .max(1_000)
    .default(8)
    .describe(
      "Events before a record that the event model is shown, at most as many as it was trained on. More of them are less often the same as before, so the model runs more often, and each run takes longer.",
    ),
  max_model_rows: z
    .int()
    .min(1)
    .max(100_000)
    .default(1_000)
    .describe(
      "Events of one request, or of small ones that are scored together, that the event model is run for (about 0.1 ms each); those beyond are judged by the other detectors alone.",
    ),
  max_services: z
    .int()
    .min(1)
    .max(100_000)
    .default(1_000)
    .describe("Services whose habits are remembered; over it the least recently seen one is forgotten."),
  max_known_templates: z
    .int()
    .min(16)
    .max(1_000_000)
    .default(5_000)
    .describe("Templates remembered for each service."),
});
export type DetectConfig = z.infer<typeof detectConfig>;
