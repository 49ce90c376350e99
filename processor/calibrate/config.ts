import { z } from "zod";

/** From surprise to score, and from score to alert. */
export const calibrateConfig = z.strictObject({
  anomaly_threshold: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .default(null)
    .describe(
      "When set, the fixed threshold of every service until one is set for it; otherwise each threshold follows from its alert budget.",
    ),
  starting_threshold: z
    .number()
    .min(0)
    .max(1)
    .default(0.85)
    .describe("Threshold of a service that is still learning; 0.85 is one record in 2,000."),
  alerts_per_day: z
    .number()
    .positive()
    .max(1_000_000)
    .default(5)
    .describe("Alert budget: false alarms a day that are acceptable for one service."),
  learning_records: z
    .int()
    .min(50)
    .max(1_000_000)
    .default(500)
    .describe(
      "Records after which a service's own statistics are trusted; until then novelty alone can alert.",
    ),
  reservoir_size: z
    .int()
    .min(128)
    .max(65_536)
    .default(2_048)
    .describe("Recent normal surprises kept for each service and detector."),
  release_band_ms: z
    .int()
    .min(0)
    .max(86_400_000)
    .default(2_700_000)
    .describe(
      "After the first record of a new `service.version` (or `deployment.id`, or else `deployment.name`), how long new harmless messages are gathered and do not alert, in milliseconds of the service's own time; 0: never.",
    ),
  max_services: z
    .int()
    .min(1)
    .max(100_000)
    .default(1_000)
    .describe("Services with statistics of their own; over it the least recently seen one is forgotten."),
});
export type CalibrateConfig = z.infer<typeof calibrateConfig>;
