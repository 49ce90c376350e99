import type { NewMessage } from "../../store/alert.ts";
import type { StoredAnomaly } from "../../store/anomaly.ts";
import type { Incident } from "../../store/incident.ts";
import { subjectOf } from "../../store/kind.ts";
import {
  type EventNotice,
  FACTS_SHOWN_MAX,
  INCIDENTS_SHOWN_MAX,
  type IncidentNotice,
  type SummaryNotice,
  TEMPLATES_SHOWN_MAX,
} from "./notice.ts";
import { readable, SERVICE_CHARACTERS_MAX, SUMMARY_CHARACTERS_MAX } from "./readable.ts";
import type { Listed, Phase, Telling } from "./tellings.ts";

const TEMPLATE_CHARACTERS_MAX = 200;
const LISTED_CHARACTERS_MAX = 150;
const FACT_CHARACTERS_MAX = 200;
/** What the incidents of a message on several have in common. */
const ABOUT = { summary: "heldBack", ends: "over", updates: "grown" } as const;

/** An incident's strongest anomaly; undefined where it is no longer stored. */
export type StrongestOf = (incident: Incident) => Pick<StoredAnomaly, "kind" | "explanation"> | undefined;

/** A message to come, as it is stored. */
export function toMessage({ key, phase, listed }: Telling, strongestOf: StrongestOf): NewMessage {
  const [first] = listed;
  if (first === undefined || isJoint(phase)) {
    const about = isJoint(phase) ? ABOUT[phase] : "heldBack";
    return { key, kind: "summary", notice: JSON.stringify(summaryNotice(listed, about, strongestOf)) };
  }
  return { key, kind: "incident", notice: JSON.stringify(incidentNotice(first, phase, strongestOf)) };
}

function isJoint(phase: Phase): phase is keyof typeof ABOUT {
  return Object.hasOwn(ABOUT, phase);
}

function incidentNotice(
  { incident, reason }: Listed,
  phase: IncidentNotice["phase"],
  strongestOf: StrongestOf,
): IncidentNotice {
  const strongest = strongestOf(incident);
  const facts = strongest?.explanation.facts ?? [];
  const shownFacts = phase === "over" ? [] : facts.slice(0, FACTS_SHOWN_MAX);
  const templates = [...incident.templates].sort((a, b) => b.maxScore - a.maxScore);
  return {
    kind: "incident",
    phase,
    reason,
    ...subject(incident, strongest, SUMMARY_CHARACTERS_MAX),
    facts: shownFacts.map((fact) => readable(fact, FACT_CHARACTERS_MAX)).filter((fact) => fact !== ""),
    templates: templates.slice(0, TEMPLATES_SHOWN_MAX).map(({ template, anomalies }) => ({
      template: readable(template, TEMPLATE_CHARACTERS_MAX) || "(no text)",
      anomalies,
    })),
    templatesTotal: templates.length,
  };
}

/** Those of which a message tells more than their number: the most severe ones. */
export function shownOf(listed: readonly Listed[]): readonly Listed[] {
  return [...listed]
    .sort(
      (a, b) =>
        b.incident.severityNumber - a.incident.severityNumber || b.incident.maxScore - a.incident.maxScore,
    )
    .slice(0, INCIDENTS_SHOWN_MAX);
}

function summaryNotice(
  listed: readonly Listed[],
  about: SummaryNotice["about"],
  strongestOf: StrongestOf,
): SummaryNotice {
  return {
    kind: "summary",
    about,
    incidents: shownOf(listed).map(({ incident, isOver, reason }) => ({
      ...subject(incident, strongestOf(incident), LISTED_CHARACTERS_MAX),
      isOver,
      reason,
    })),
    total: listed.length,
    anomalies: listed.reduce((sum, { incident }) => sum + incident.anomalies, 0),
  };
}

/** An anomaly that no record carries, as an event of its own; undefined for one that a record carries. */
export function eventNotice(anomaly: StoredAnomaly): EventNotice | undefined {
  const about = subjectOf(anomaly.kind);
  if (about === "event") return undefined;
  return {
    kind: "event",
    id: anomaly.id,
    incidentId: anomaly.incidentId ?? "",
    service: anomaly.service,
    stream: anomaly.stream,
    timeMs: anomaly.timeMs,
    severityNumber: anomaly.severityNumber,
    severityText: anomaly.severityText,
    score: anomaly.score,
    threshold: anomaly.threshold,
    modelVersion: anomaly.modelVersion,
    template: anomaly.template,
    subject: about,
    summary: anomaly.explanation.summary,
    traceId: anomaly.traceId ?? "",
  };
}

function subject(incident: Incident, strongest: ReturnType<StrongestOf>, summaryCharactersMax: number) {
  return {
    incidentId: incident.id,
    service: readable(incident.service, SERVICE_CHARACTERS_MAX) || "(no name)",
    severityNumber: incident.severityNumber,
    maxScore: incident.maxScore,
    anomalies: incident.anomalies,
    startedAtMs: incident.startedAtMs,
    lastAtMs: incident.lastAtMs,
    strongestId: incident.strongestId,
    summary: readable(strongest?.explanation.summary ?? "", summaryCharactersMax),
    strongest: strongest === undefined ? ("event" as const) : subjectOf(strongest.kind),
  };
}
