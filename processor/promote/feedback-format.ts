import { z } from "zod";

/**
 * The file of what people said of anomalies, for one training: JSON lines, one for each anomaly behind the first.
 *
 * ```
 * {"format":"logbert-feedback/1"}
 * {"service":"shop","trueAnomaly":{"templateId":"5f0c…","timeMs":1764057600000}}
 * {"service":"shop","ends":true,"expected":[{"templateId":"9b2e…","template":"order <NUM> received","timeMs":1764057600000,"severityNumber":9}]}
 * ```
 *
 * `trueAnomaly` names an event, or the last event of a session whose end it was about. `expected` is the window in which
 * something was flagged that was to be expected; `ends` says that its session ended behind it.
 */
export const FEEDBACK_FORMAT = "logbert-feedback/1";

const header = z.strictObject({ format: z.literal(FEEDBACK_FORMAT) });
const trueAnomalyLine = z.strictObject({
  service: z.string(),
  trueAnomaly: z.strictObject({ templateId: z.string(), timeMs: z.number() }),
});
const expectedLine = z.strictObject({
  service: z.string(),
  ends: z.literal(true).optional(),
  expected: z
    .array(
      z.strictObject({
        templateId: z.string(),
        /** Redacted. */
        template: z.string(),
        timeMs: z.number(),
        severityNumber: z.int().min(0).max(24),
      }),
    )
    .min(1),
});

/** A line of the file. */
export const feedbackLine = z.union([trueAnomalyLine, expectedLine, header]);
export type FeedbackLine = z.infer<typeof feedbackLine>;
