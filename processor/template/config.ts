import { z } from "zod";

/** Template mining (He et al.: Drain, ICWS 2017). */
export const templateConfig = z.strictObject({
  depth: z
    .int()
    .min(3)
    .max(16)
    .default(4)
    .describe(
      "Depth of the parse tree: root, token count, depth - 2 leading tokens. Environment: DRAIN_DEPTH.",
    ),
  similarity: z
    .number()
    .gt(0)
    .lte(1)
    .default(0.5)
    .describe("Share of equal tokens from which a body joins a template. Environment: DRAIN_SIMILARITY."),
  max_templates: z
    .int()
    .min(10)
    .default(10_000)
    .describe(
      "Templates in memory; over it the least recently used one is evicted, and remembered as known.",
    ),
  max_children: z
    .int()
    .min(2)
    .default(100)
    .describe("Branches of one tree node; further leading tokens share one."),
  max_leaf_templates: z
    .int()
    .min(1)
    .default(200)
    .describe(
      "Templates of one leaf, which is searched linearly; over it the least recently used one is evicted.",
    ),
  max_body_characters: z
    .int()
    .min(16)
    .default(4_096)
    .describe("What is read of a body; the rest is one <*>."),
  max_tokens: z.int().min(1).default(128).describe("Tokens read of a body; the rest is one <*>."),
});
export type TemplateConfig = z.infer<typeof templateConfig>;
