import fc from "fast-check";
import { toMessage } from "../../api/alerts/build-notice.ts";
import type { Links } from "../../api/alerts/links.ts";
import { type HealthNotice, type Notice, notice } from "../../api/alerts/notice.ts";
import type { Listed, Telling } from "../../api/alerts/tellings.ts";
import type { Incident } from "../../store/incident.ts";
import { anAnomaly } from "../store-contract/an-anomaly.ts";

/** What the channels but OTLP are told. */
export type Told = Exclude<Notice, { kind: "event" }>;

/** An incident of which one text is everything that comes out of a log. */
export function incidentOf(text: string, fields: Partial<Incident> = {}): Incident {
  return {
    id: "01M85P60000000000000000000",
    service: text,
    startedAtMs: Date.parse("2026-01-15T10:00:00Z"),
    lastAtMs: Date.parse("2026-01-15T10:20:00Z"),
    anomalies: 312,
    maxScore: 0.98,
    severityNumber: 17,
    strongestId: "01M85P60000000000000000001",
    templates: Array.from({ length: 8 }, (_, i) => ({
      templateId: `t${i}`,
      template: text,
      anomalies: i + 1,
      maxScore: 0.9,
      strongestId: "01M85P60000000000000000001",
    })),
    ...fields,
  };
}

const REASONS: Readonly<Partial<Record<Telling["phase"], string>>> = {
  updated: "its severity has risen from WARN to ERROR",
  updates: "2 more kinds of messages",
  over: "no more anomalies for ten minutes",
};

/** A message about it, as it is read back from the outbox. */
export function noticeOf(text: string, phase: Telling["phase"], incidents = 1, kind = "t1"): Told {
  const listed = Array.from(
    { length: incidents },
    (): Listed => ({ incident: incidentOf(text), isOver: false, reason: REASONS[phase] ?? "" }),
  );
  const facts = Array.from({ length: 9 }, () => text);
  const { explanation } = anAnomaly(1);
  const strongestOf = () => ({ kind, explanation: { ...explanation, summary: text, facts } });
  const read = notice.parse(JSON.parse(toMessage({ key: "k", phase, listed }, strongestOf).notice));
  if (read.kind === "event") throw new Error("no event is asked for");
  return read;
}

export const TEST_NOTICE: Told = { kind: "test", channel: "ops" };

/** What is told of the detector itself. */
export const HEALTH_NOTICES = (["collapsed", "recovered", "untried"] as const).map(
  (phase): HealthNotice => ({
    kind: "health",
    phase,
    atMs: Date.parse("2026-01-15T10:20:00Z"),
    collapsedAtMs: Date.parse("2026-01-15T10:00:00Z"),
    recallRatio: phase === "untried" ? undefined : 0.125,
  }),
);

/** Links as they are with a public address. */
export const LINKS: Links = {
  page: (id) => `https://logbert.example/anomalies/${id}`,
  verdict: (id, isTrueAnomaly) => `https://logbert.example/verdict/${id}.${isTrueAnomaly ? "r" : "e"}`,
};
export const NO_LINKS: Links = { page: () => undefined, verdict: () => undefined };

/** Texts as logs have them at their worst: markup, mentions, links, control characters, of any length. */
export const hostileText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 400 }),
  fc.string({ unit: "grapheme", maxLength: 4_000 }),
  fc
    .array(
      fc.constantFrom(
        "<!channel>",
        "<@U123>",
        "<https://evil.example|here>",
        "[here](https://evil.example)",
        "https://evil.example",
        "<at>all</at>",
        "`",
        "*b*",
        "&lt;",
        "\u202e",
        "\n",
        "😀",
        "| ",
        "\\",
        "<",
        ">",
        "&",
        "x",
      ),
      { maxLength: 200 },
    )
    .map((parts) => parts.join("")),
);

/** Every kind of message. */
export const PHASES = ["opened", "updated", "over", "past", "summary", "ends", "updates"] as const;

/** Whether it is about several incidents. */
export function isJoint(phase: Telling["phase"]): boolean {
  return phase === "summary" || phase === "ends" || phase === "updates";
}
