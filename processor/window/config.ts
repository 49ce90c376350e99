import { z } from "zod";
import { patternProblem } from "./user-pattern.ts";

const streamConfig = z
  .strictObject({
    by: z
      .enum(["instance", "trace", "attribute", "pattern"])
      .default("instance")
      .describe(
        "What tells streams of one service apart: its service.instance.id, the trace id, an attribute, or a pattern in the body.",
      ),
    attribute: z
      .string()
      .max(256)
      .default("")
      .describe(
        "With by: attribute, the record attribute, or else resource attribute, that names the stream.",
      ),
    pattern: z
      .string()
      .default("")
      .describe(
        "With by: pattern, a regular expression (RE2 syntax); its first match in the body, or its first group, names the stream, for example blk_-?\\d+.",
      ),
  })
  .superRefine(({ by, attribute, pattern }, context) => {
    if (by === "attribute" && attribute === "") {
      context.addIssue({
        code: "custom",
        path: ["attribute"],
        message: "must name an attribute when by is attribute",
      });
    }
    const problem = by === "pattern" || pattern !== "" ? patternProblem(pattern) : undefined;
    if (problem !== undefined) {
      context.addIssue({ code: "custom", path: ["pattern"], message: `the pattern ${problem}` });
    }
  });

/** How streams of records are told apart and cut into windows. */
export const windowConfig = z.strictObject({
  type: z
    .enum(["count", "time", "session"])
    .default("count")
    .describe(
      "How much of its stream a record is judged with: the last events, the last span of time, or the session.",
    ),
  size: z.int().min(2).max(512).default(20).describe("Most events in a window, the judged ones included."),
  step: z
    .int()
    .min(1)
    .max(512)
    .default(5)
    .describe("Most events that one window judges; more than size counts as size."),
  span_ms: z
    .int()
    .min(1)
    .max(86_400_000)
    .default(60_000)
    .describe("With type: time, how far back a window reaches, in milliseconds of event time."),
  idle_ms: z
    .int()
    .min(100)
    .max(86_400_000)
    .default(60_000)
    .describe("With type: session, the silence that ends a session, in milliseconds."),
  max_streams: z
    .int()
    .min(1)
    .max(10_000_000)
    .default(100_000)
    .describe("Streams kept in memory; over it the least recently used one is closed."),
  max_session_events: z
    .int()
    .min(2)
    .default(10_000)
    .describe(
      "With type: session, the events after which a session counts as endless: its end is not judged.",
    ),
  stream: streamConfig.prefault({}).describe("What a stream is."),
});
export type WindowConfig = z.infer<typeof windowConfig>;
