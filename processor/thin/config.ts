import { z } from "zod";

const PERCENT_MIN = 0.0001;

/** Thinning out: what of the records is kept, and what is held until that is known. */
export const samplingConfig = z.strictObject({
  enabled: z
    .boolean()
    .default(false)
    .describe("Whether records are thinned out by their verdicts (docs/thinning.md). Anomalies always stay."),
  mode: z
    .enum(["mark", "drop"])
    .default("mark")
    .describe(
      "mark: every record goes on, with sampling.priority for the Collector's probabilistic sampler. drop: what is not kept does not go on.",
    ),
  base_percent: z
    .number()
    .min(0)
    .max(100)
    .refine(
      (percent) => percent === 0 || percent >= PERCENT_MIN,
      `0 for none, or at least ${PERCENT_MIN} per cent`,
    )
    .default(10)
    .describe(
      "How many per cent stay of what is no anomaly, no context of one, and has a verdict; whole traces where records have a trace id.",
    ),
  context_records: z
    .int()
    .min(0)
    .max(1_000)
    .default(10)
    .describe("Records of the same stream before and after each anomaly that are kept with it."),
  hold_ms: z
    .int()
    .min(0)
    .max(60_000)
    .default(200)
    .describe(
      "Longest time that a request waits, unacknowledged, until it is known of each of its records whether an anomaly follows. 0: nothing waits, which is right for senders with one request at a time.",
    ),
  max_held_bytes: z
    .int()
    .min(0)
    .default(32 * 1024 * 1024)
    .describe(
      "Bytes of all requests that wait so, each counted as 8 KiB more than it is; over it the oldest are decided at once, as they are over half of receive.max_in_flight_bytes, or when their records make up half of detect.max_records_in_work.",
    ),
  undecided: z
    .enum(["keep", "sample"])
    .default("keep")
    .describe(
      "What becomes of a record when its request has waited for as long as it may, and an anomaly may still follow: it is kept, or the share applies, which may miss context.",
    ),
});
export type SamplingConfig = z.infer<typeof samplingConfig>;
