import { z } from "zod";

const MIB = 1024 * 1024;

/** What is kept for training, and how training behaves beside the stage. */
export const trainingConfig = z.strictObject({
  directory: z
    .string()
    .default("")
    .describe("Where recorded sequences and trained weights are kept; empty: beside the database."),
  record: z
    .boolean()
    .default(true)
    .describe(
      "Keep recent sequences of redacted templates on disk, so that startTraining has something to learn from.",
    ),
  max_bytes: z
    .int()
    .min(MIB)
    .default(64 * MIB)
    .describe(
      "Bytes of recorded sequences, of all stages together that share a PostgreSQL; over it the oldest are deleted.",
    ),
  max_waiting_events: z
    .int()
    .min(100)
    .default(50_000)
    .describe(
      "Events that wait to be recorded; over it, when the disk is slow or records are many, the rest is left out and counted.",
    ),
  flush_interval_ms: z
    .int()
    .min(50)
    .max(60_000)
    .default(5_000)
    .describe(
      "How often recorded sequences go to disk; every twelfth time into the PostgreSQL, where there is one.",
    ),
  max_duration_ms: z
    .int()
    .min(1_000)
    .max(604_800_000)
    .default(3_600_000)
    .describe("Time that one training may take before it is ended as failed; at most a week."),
  keep_models: z
    .int()
    .min(1)
    .default(5)
    .describe(
      "Trained weights that are kept, those in use among them; rollbacks go past older ones, which are deleted.",
    ),
});
export type TrainingConfig = z.infer<typeof trainingConfig>;
