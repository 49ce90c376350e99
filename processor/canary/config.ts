import { z } from "zod";

/** How the detector is tried. */
export const canaryConfig = z.strictObject({
  interval_ms: z
    .int()
    .min(0)
    .max(86_400_000)
    .default(60_000)
    .describe(
      "How often the detector is tried on sequences that are known to be normal, and on such that are known to be odd; 0: never. Not with a Hugging Face model, of which nobody knows what it should find odd.",
    ),
  min_recall: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe(
      "Share of the odd ones usually found in these services that must be found again; when fewer are, twice in a row, people are told that the detector does not work.",
    ),
});
export type CanaryConfig = z.infer<typeof canaryConfig>;
