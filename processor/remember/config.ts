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
    .min(1)
    .default(30)
    .describe(
      "Age at which stored anomalies and scores are deleted; a day at least, as long as an incident may go on.",
    ),
  labelled_retention_days: z
    .number()
    .positive()
    .default(365)
    .describe("The same for what people have labelled: what they taught is not forgotten with the rest."),
  sample_interval_ms: z
    .int()
    .min(1_000)
    .max(86_400_000)
    .default(3_600_000)
    .describe(
      "Of each service, the oddest record without an alert in such a time is kept in full, and a usual one of each template, renewed after 12 to 24 such times: what people can label, and compare anomalies with.",
    ),
  max_samples: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(20_000)
    .describe("Records without an alert that are kept in full; over it the oldest are deleted. 0: none."),
});
export type RememberConfig = z.infer<typeof rememberConfig>;
