import { z } from "zod";

/** How the stage writes down what it learned. */
export const rememberConfig = z.strictObject({
  flush_interval_ms: z
    .int()
    .min(50)
    .max(60_000)
    .default(1_000)
    .describe("How often findings go to the database."),
  snapshot_interval_ms: z
    .int()
    .min(1_000)
    .max(86_400_000)
    .default(20_000)
    .describe(
      "How often the stage's memory (templates, statistics, calibration) is saved: a crash costs what was learned since; new templates are written down at once.",
    ),
  max_queued_anomalies: z
    .int()
    .min(100)
    .default(10_000)
    .describe("Anomalies that wait for a slow database; over it the oldest are dropped and counted."),
  retention_days: z
    .number()
    .positive()
    .default(30)
    .describe("Age at which stored anomalies and scores are deleted."),
});
export type RememberConfig = z.infer<typeof rememberConfig>;
