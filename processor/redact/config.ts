import { z } from "zod";
import { patternProblem } from "../window/user-pattern.ts";

const extraPattern = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]{0,31}$/, "capital letters, digits and _, such as CUSTOMER_ID")
    .describe("What stands in place of a match, between < and >."),
  pattern: z
    .string()
    .superRefine((pattern, context) => {
      const problem = patternProblem(pattern);
      if (problem !== undefined) context.addIssue({ code: "custom", message: `the pattern ${problem}` });
    })
    .describe("Regular expression (RE2 syntax, as in the Collector)."),
});

/** What is replaced before anything is stored, shown or sent elsewhere. */
export const redactConfig = z
  .strictObject({
    enabled: z
      .boolean()
      .default(true)
      .describe(
        "Replace personal data and secrets by placeholders such as <EMAIL-kqzvr> in everything that is stored or shown, and in templates.",
      ),
    forward: z
      .boolean()
      .default(false)
      .describe(
        "Replace them in the records that are forwarded as well: in bodies, attributes and every other text. Otherwise nothing of a record is changed on its way.",
      ),
    extra_patterns: z
      .array(extraPattern)
      .max(50)
      .default([])
      .describe("Patterns of your own (RE2 syntax), for example {name: CUSTOMER_ID, pattern: 'C-\\d{8}'}."),
  })
  .superRefine(({ enabled, forward, extra_patterns: patterns }, context) => {
    if (enabled) return;
    const idle = [...(forward ? ["forward"] : []), ...(patterns.length > 0 ? ["extra_patterns"] : [])];
    for (const key of idle)
      context.addIssue({
        code: "custom",
        path: [key],
        message: "has no effect while enabled is false; set enabled: true, or leave it out",
      });
  });
export type RedactConfig = z.infer<typeof redactConfig>;
