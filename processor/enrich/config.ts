import { z } from "zod";

/** What is written into each record. */
export const attributesConfig = z.strictObject({
  prefix: z
    .string()
    .regex(
      /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$/,
      "lower-case words joined by dots, such as anomaly or acme.anomaly",
    )
    .default("anomaly")
    .describe("Prefix of the attributes that are added to each record."),
});
export type AttributesConfig = z.infer<typeof attributesConfig>;
