import type { NewMessage } from "../../store/alert.ts";
import type { StoredAnomaly } from "../../store/anomaly.ts";
import type { Incident } from "../../store/incident.ts";
import { subjectOf } from "../../store/kind.ts";
import {
  type EventNotice,
  INCIDENTS_SHOWN_MAX,
  type IncidentNotice,
  type SummaryNotice,
  TEMPLATES_SHOWN_MAX,
} from "./notice.ts";
import type { Listed, Telling } from "./plan.ts";
import { readable, SERVICE_CHARACTERS_MAX, SUMMARY_CHARACTERS_MAX } from "./readable.ts";

const TEMPLATE_CHARACTERS_MAX = 200;
const LISTED_CHARACTERS_MAX = 150;

/** A message to come, as it is stored; `summaryOf` gives an incident's strongest anomaly's explanation, "" where that is not known. */
export function toMessage(telling: Telling, summaryOf: (incident: Incident) => string): NewMessage {
  const { key, phase, reason, listed } = telling;
  const [first] = listed;
  if (phase === "summary" || first === undefined)
    return {
      key,
      kind: "summary",
      incidentId: undefined,
      notice: JSON.stringify(summaryNotice(listed, summaryOf)),
    };
  const notice = incidentNotice(first.incident, phase, reason, summaryOf(first.incident));
  return { key, kind: "incident", incidentId: first.incident.id, notice: JSON.stringify(notice) };
}

function incidentNotice(
  incident: Incident,
  phase: IncidentNotice["phase"],
  reason: string,
  summary: string,
): IncidentNotice {
  const templates = [...incident.templates].sort((a, b) => b.maxScore - a.maxScore);
  return {
    kind: "incident",
    phase,
    reason,
    ...subject(incident, summary, SUMMARY_CHARACTERS_MAX),
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

function summaryNotice(listed: readonly Listed[], summaryOf: (incident: Incident) => string): SummaryNotice {
  return {
    kind: "summary",
    incidents: shownOf(listed).map(({ incident, isOver }) => ({
      ...subject(incident, summaryOf(incident), LISTED_CHARACTERS_MAX),
      isOver,
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

function subject(incident: Incident, summary: string, summaryCharactersMax: number) {
  return {
    incidentId: incident.id,
    service: readable(incident.service, SERVICE_CHARACTERS_MAX) || "(no name)",
    severityNumber: incident.severityNumber,
    maxScore: incident.maxScore,
    anomalies: incident.anomalies,
    startedAtMs: incident.startedAtMs,
    lastAtMs: incident.lastAtMs,
    strongestId: incident.strongestId,
    summary: readable(summary, summaryCharactersMax),
  };
}
