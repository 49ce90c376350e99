import { z } from "zod";

/** What is written into each record. */
export const attributesConfig = z.strictObject({
  prefix: z
    .string()
    .regex(
      /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$/,
      "lower-case words joined by dots, such as anomaly or acme.anomaly",
    )
    .refine(
      (prefix) => prefix !== "sampling",
      "sampling.threshold is OpenTelemetry's, of what samplers keep: take another prefix",
    )
    .default("anomaly")
    .describe("Prefix of the attributes that are added to each record."),
  self_check_share: z
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .describe(
      "Share of the requests whose enriched bytes are compared with their own before they go on; what differs in more than our attributes goes on as it came, and is counted. 0: none.",
    ),
});
export type AttributesConfig = z.infer<typeof attributesConfig>;
