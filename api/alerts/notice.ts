import { z } from "zod";

const subject = z.object({
  incidentId: z.string(),
  service: z.string(),
  /** OTLP's number; 0 without one. */
  severityNumber: z.number(),
  maxScore: z.number(),
  anomalies: z.number(),
  startedAtMs: z.number(),
  lastAtMs: z.number(),
  /** One plain sentence: the strongest anomaly's explanation. */
  summary: z.string(),
  /** What the strongest anomaly is: a silence has the severity of what came before it, which says nothing of it. */
  strongest: z.enum(["event", "end", "silence"]).default("event"),
});

const incidentNotice = subject.extend({
  kind: z.literal("incident"),
  /** past: new, and over already. */
  phase: z.enum(["opened", "updated", "over", "past"]),
  /** Of an update: what is new; of an end: why it is one; of what was told before: that. */
  reason: z.string(),
  /** A few short lines on the strongest anomaly: how well its like is known, what came with it, how rare it is. */
  facts: z.array(z.string()).default([]),
  /** The strongest anomaly, which the incident's page is that of. */
  strongestId: z.string(),
  templates: z.array(z.object({ template: z.string(), anomalies: z.number() })),
  templatesTotal: z.number(),
});

const summaryNotice = z.object({
  kind: z.literal("summary"),
  /** What they have in common. */
  about: z.enum(["heldBack", "over", "grown"]).default("heldBack"),
  /** Most severe first; a reason says what has grown, why it is over, or why it is told anew. */
  incidents: z.array(
    subject.extend({ strongestId: z.string(), isOver: z.boolean(), reason: z.string().default("") }),
  ),
  total: z.number(),
  anomalies: z.number(),
});

const eventNotice = z.object({
  kind: z.literal("event"),
  id: z.string(),
  incidentId: z.string(),
  service: z.string(),
  stream: z.string(),
  timeMs: z.number(),
  severityNumber: z.number(),
  severityText: z.string(),
  score: z.number(),
  threshold: z.number(),
  modelVersion: z.string(),
  template: z.string(),
  subject: z.enum(["end", "silence"]),
  summary: z.string(),
  traceId: z.string(),
});

const healthNotice = z.object({
  kind: z.literal("health"),
  /** untried: it did not work, and it is no longer tried whether it does. */
  phase: z.enum(["collapsed", "recovered", "untried"]),
  /** When it changed, as far as that is known, and when the collapse began. */
  atMs: z.number(),
  collapsedAtMs: z.number(),
  /** Share of the sequences known to be odd that the detector found then, 0 to 1; undefined where that is not known. */
  recallRatio: z.number().optional(),
});

const testNotice = z.object({ kind: z.literal("test"), channel: z.string() });

/** What a message says, before a channel gives it its form; how it is kept until it is sent. All texts are as they are stored: redacted. */
export const notice = z.discriminatedUnion("kind", [
  incidentNotice,
  summaryNotice,
  eventNotice,
  healthNotice,
  testNotice,
]);
export type Notice = z.infer<typeof notice>;
export type IncidentNotice = z.infer<typeof incidentNotice>;
export type SummaryNotice = z.infer<typeof summaryNotice>;
/** An anomaly that no record carries: the end of a session, or a silence. */
export type EventNotice = z.infer<typeof eventNotice>;
/** Of the detector itself: it does not find what it should, does so again, or is no longer tried. */
export type HealthNotice = z.infer<typeof healthNotice>;

/** Templates that a message shows. */
export const TEMPLATES_SHOWN_MAX = 5;
/** Facts that a message shows. */
export const FACTS_SHOWN_MAX = 6;
/** Incidents that a summary shows. */
export const INCIDENTS_SHOWN_MAX = 10;
