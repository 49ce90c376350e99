import { resourceFromAttributes } from "@opentelemetry/resources";
import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type { Links } from "./links.ts";
import type { EventNotice, HealthNotice, IncidentNotice, Notice, SummaryNotice } from "./notice.ts";
import { heading, healthSentence, phaseWord, severityWord, TEST_SENTENCE } from "./words.ts";

/** ERROR, INFO and WARN. */
const HEALTH_SEVERITIES = { collapsed: 17, recovered: 9, untried: 13 } as const;

const SCOPE = { name: "logbert" };

interface Event {
  readonly eventName: string;
  readonly atMs: number;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: string;
  readonly service: string | undefined;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

/** A notice as an event record (OpenTelemetry logs with an event name). */
export function toRecord(notice: Notice, key: string, links: Links, nowMs: number): ReadableLogRecord {
  const { eventName, atMs, severityNumber, severityText, body, service, attributes } = toEvent(
    notice,
    links,
    nowMs,
  );
  return {
    eventName,
    hrTime: toHrTime(atMs),
    hrTimeObserved: toHrTime(nowMs),
    severityNumber,
    ...(severityText === "" ? {} : { severityText }),
    body,
    // The service that it is about: a backend finds it where that service's records are.
    resource: resourceFromAttributes({ "service.name": service ?? "logbert" }),
    instrumentationScope: SCOPE,
    attributes: { ...attributes, "logbert.alert.key": key },
    droppedAttributesCount: 0,
  };
}

function toEvent(notice: Notice, links: Links, nowMs: number): Event {
  switch (notice.kind) {
    case "incident":
      return incidentEvent(notice, links);
    case "summary":
      return summaryEvent(notice, nowMs);
    case "event":
      return anomalyEvent(notice);
    case "health":
      return healthEvent(notice);
    case "test":
      return {
        eventName: "logbert.test",
        atMs: nowMs,
        severityNumber: 9,
        severityText: "INFO",
        body: TEST_SENTENCE,
        service: undefined,
        attributes: {},
      };
  }
}

function incidentEvent(notice: IncidentNotice, links: Links): Event {
  const url = links.page(notice.strongestId);
  return {
    eventName: "logbert.incident",
    atMs: notice.phase === "opened" ? notice.startedAtMs : notice.lastAtMs,
    severityNumber: notice.severityNumber,
    severityText: severityWord(notice.severityNumber),
    body: notice.summary === "" ? heading(notice) : notice.summary,
    service: notice.service,
    attributes: {
      "logbert.incident.id": notice.incidentId,
      "logbert.incident.phase": phaseWord(notice.phase),
      "logbert.incident.reason": notice.reason,
      "logbert.incident.anomalies": notice.anomalies,
      "logbert.incident.started_at": new Date(notice.startedAtMs).toISOString(),
      "logbert.incident.last_at": new Date(notice.lastAtMs).toISOString(),
      "logbert.incident.templates": notice.templatesTotal,
      "log.record.template": notice.templates[0]?.template ?? "",
      "anomaly.score": notice.maxScore,
      "anomaly.id": notice.strongestId,
      ...(url === undefined ? {} : { "url.full": url }),
    },
  };
}

function summaryEvent(notice: SummaryNotice, nowMs: number): Event {
  const severityNumber = Math.max(0, ...notice.incidents.map((one) => one.severityNumber));
  return {
    eventName: "logbert.incidents",
    atMs: nowMs,
    severityNumber,
    severityText: severityWord(severityNumber),
    body: heading(notice),
    service: undefined,
    attributes: { "logbert.incidents": notice.total, "logbert.incident.anomalies": notice.anomalies },
  };
}

function healthEvent(notice: HealthNotice): Event {
  const severityNumber = HEALTH_SEVERITIES[notice.phase];
  return {
    eventName: "logbert.detector",
    atMs: notice.atMs,
    severityNumber,
    severityText: severityWord(severityNumber),
    body: healthSentence(notice),
    service: undefined,
    attributes: {
      "logbert.detector.phase": notice.phase,
      ...(notice.recallRatio === undefined ? {} : { "logbert.detector.recall": notice.recallRatio }),
      "logbert.detector.collapsed_at": new Date(notice.collapsedAtMs).toISOString(),
    },
  };
}

/** With the attributes that a record of it would have been given. */
function anomalyEvent(notice: EventNotice): Event {
  return {
    eventName: "logbert.anomaly",
    atMs: notice.timeMs,
    severityNumber: notice.severityNumber,
    severityText: notice.severityText,
    body: notice.summary,
    service: notice.service,
    attributes: {
      "logbert.anomaly.subject": notice.subject,
      "logbert.anomaly.stream": notice.stream,
      "logbert.incident.id": notice.incidentId,
      "anomaly.id": notice.id,
      "anomaly.score": notice.score,
      "anomaly.threshold": notice.threshold,
      "anomaly.is_anomaly": true,
      "anomaly.explanation": notice.summary,
      "anomaly.model.version": notice.modelVersion,
      "log.record.template": notice.template,
      ...(notice.traceId === "" ? {} : { "logbert.anomaly.trace_id": notice.traceId }),
    },
  };
}

function toHrTime(atMs: number): [number, number] {
  const seconds = Math.floor(atMs / 1_000);
  return [seconds, Math.round((atMs - seconds * 1_000) * 1_000_000)];
}
