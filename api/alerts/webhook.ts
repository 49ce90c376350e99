import { createHmac } from "node:crypto";
import { z } from "zod";
import type { Links } from "./links.ts";
import type { Notice } from "./notice.ts";
import { healthSentence, phaseWord, severityWord } from "./words.ts";

const incident = z.strictObject({
  id: z.string().describe("The same in all messages about it."),
  service: z.string(),
  severity: z
    .enum(["", "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"])
    .describe("Empty: no record had one."),
  severityNumber: z.int().min(0).max(24).describe("OTLP's SeverityNumber, the highest among its anomalies."),
  score: z.number().min(0).max(1).describe("The highest among its anomalies."),
  anomalies: z.int().min(1),
  startedAt: z.iso.datetime().describe("Time of its first anomaly."),
  lastAt: z.iso.datetime().describe("Time of its last anomaly so far."),
  summary: z.string().describe("One plain sentence on its strongest anomaly; may be empty."),
  url: z.url().optional().describe("Its page; missing without alerts.public_url."),
});

const head = {
  version: z.literal(1),
  id: z.string().describe("The idempotency key, as in the header webhook-id: the same in every try."),
  channel: z.string().describe("The channel's name in the configuration."),
};

const incidentMessage = z.strictObject({
  ...head,
  type: z.enum(["incident.opened", "incident.updated", "incident.over"]),
  reason: z
    .string()
    .describe(
      "Of an update: what has grown; of an end: why it is one, or that no message told of the beginning; of a beginning: empty, or why it is told anew.",
    ),
  incident: incident.extend({
    facts: z
      .array(z.string())
      .describe(
        "At most six plain lines on its strongest anomaly: how well its like is known, what came with it, how rare it is. Of an end none.",
      ),
    templates: z
      .array(z.strictObject({ template: z.string(), anomalies: z.int().min(1) }))
      .describe("The oddest kinds of messages in it, at most five."),
    templatesTotal: z.int().min(0),
    realUrl: z.url().optional().describe("Where a person can say that it is real."),
    expectedUrl: z.url().optional().describe("Where a person can say that it was to be expected."),
  }),
});

const summaryMessage = z.strictObject({
  ...head,
  type: z.literal("incidents.summary"),
  total: z
    .int()
    .min(2)
    .describe(
      "Incidents that were held back, by quiet hours, the cool-down or the limit, or have got worse since that was told.",
    ),
  anomalies: z.int().min(2),
  incidents: z
    .array(incident.extend({ isOver: z.boolean() }))
    .describe(
      "At most ten, the most severe first. Of those that were held back nothing more is told, unless one gets worse; of those that have got worse, their end.",
    ),
});

const healthMessage = z.strictObject({
  ...head,
  type: z.enum(["detector.collapsed", "detector.recovered", "detector.untried"]),
  at: z.iso.datetime(),
  collapsedAt: z.iso.datetime().describe("Since when the detector does not work, or did not."),
  recall: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe("Share of the sequences known to be odd that it found, at that time; missing where not known."),
  summary: z.string().describe("In plain words."),
});

const testMessage = z.strictObject({ ...head, type: z.literal("test") });

/** The body of a webhook's request. */
export const webhookMessage = z.discriminatedUnion("type", [
  incidentMessage,
  summaryMessage,
  healthMessage,
  testMessage,
]);
export type WebhookMessage = z.infer<typeof webhookMessage>;

/** docs/alerts/webhook.schema.json, made from what builds the messages. */
export function webhookSchema(): string {
  const schema = z.toJSONSchema(webhookMessage, { target: "draft-2020-12" });
  return `${JSON.stringify({ title: "A message of logbert to a webhook", ...schema }, null, 2)}\n`;
}

/** What a webhook is told of a notice. */
export function toWebhook(
  notice: Exclude<Notice, { kind: "event" }>,
  links: Links,
  { key, channel }: { readonly key: string; readonly channel: string },
): WebhookMessage {
  const head = { version: 1, id: key, channel } as const;
  switch (notice.kind) {
    case "incident":
      return {
        ...head,
        type: `incident.${phaseWord(notice.phase)}`,
        reason: notice.reason,
        incident: {
          ...toIncident(notice, links),
          facts: notice.facts,
          templates: notice.templates,
          templatesTotal: notice.templatesTotal,
          ...optional("realUrl", links.verdict(notice.incidentId, true)),
          ...optional("expectedUrl", links.verdict(notice.incidentId, false)),
        },
      };
    case "summary":
      return {
        ...head,
        type: "incidents.summary",
        total: notice.total,
        anomalies: notice.anomalies,
        incidents: notice.incidents.map((one) => ({ ...toIncident(one, links), isOver: one.isOver })),
      };
    case "health":
      return {
        ...head,
        type: `detector.${notice.phase}`,
        at: new Date(notice.atMs).toISOString(),
        collapsedAt: new Date(notice.collapsedAtMs).toISOString(),
        ...(notice.recallRatio === undefined ? {} : { recall: notice.recallRatio }),
        summary: healthSentence(notice),
      };
    case "test":
      return { ...head, type: "test" };
  }
}

type Subject = Extract<Notice, { kind: "summary" }>["incidents"][number];

function toIncident(subject: Omit<Subject, "isOver" | "reason">, links: Links): z.infer<typeof incident> {
  return {
    id: subject.incidentId,
    service: subject.service,
    severity: incident.shape.severity.parse(severityWord(subject.severityNumber)),
    severityNumber: subject.severityNumber,
    score: subject.maxScore,
    anomalies: subject.anomalies,
    startedAt: new Date(subject.startedAtMs).toISOString(),
    lastAt: new Date(subject.lastAtMs).toISOString(),
    summary: subject.summary,
    ...optional("url", links.page(subject.strongestId)),
  };
}

function optional<Name extends string>(
  name: Name,
  value: string | undefined,
): { readonly [key in Name]?: string } {
  const none: { readonly [key in Name]?: string } = {};
  return value === undefined ? none : { ...none, [name]: value };
}

/**
 * The headers by which a receiver knows that a message is ours, whole, fresh and not a second one, as standardwebhooks.com has them:
 * the signature is the HMAC-SHA256 of id, time and body.
 *
 * @param secret as configured; what begins with "whsec_" is base64
 */
export function webhookHeaders(
  secret: string,
  id: string,
  nowMs: number,
  body: string,
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(nowMs / 1_000));
  const prefix = "whsec_";
  const key = secret.startsWith(prefix)
    ? Buffer.from(secret.slice(prefix.length), "base64")
    : Buffer.from(secret);
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` };
}
