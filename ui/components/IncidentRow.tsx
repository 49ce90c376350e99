import { formatCount, formatNoun } from "../format/count.ts";
import { formatScore } from "../format/score.ts";
import { Badge } from "../ui/Badge.tsx";
import { LogText } from "../ui/LogText.tsx";
import { TemplateText } from "../ui/TemplateText.tsx";
import { Timestamp } from "../ui/Timestamp.tsx";
import { IncidentVerdictBadge } from "./IncidentVerdictBadge.tsx";
import type { IncidentRowData } from "./incident-row.ts";
import { anomaliesOfOthers, incidentDuration, isStillOngoing } from "./incident-words.ts";
import { ScoreBar } from "./ScoreBar.tsx";
import { severityTone } from "./severity-tone.ts";

interface IncidentRowProps {
  readonly incident: IncidentRowData;
  readonly nowMs: number;
}

/** What one row tells of an incident. */
export function IncidentRow({ incident, nowMs }: IncidentRowProps) {
  const { strongest, templates, severity } = incident;
  const duration = incidentDuration(incident);
  const others = templates.length - 1;
  return (
    <>
      <span className="row-time">
        <Timestamp iso={incident.startedAt} nowMs={nowMs} />
        {isStillOngoing(incident, nowMs) ? <Badge tone="accent">Ongoing</Badge> : null}
        {duration === "" ? null : <span className="row-duration">{duration}</span>}
      </span>
      <span className="row-severity">
        <Badge tone={severityTone(severity)}>
          <LogText text={severity ?? "—"} />
        </Badge>
      </span>
      <span className="row-service">
        <LogText text={incident.service} />
      </span>
      <span className="row-what">
        <span className="row-summary">
          <LogText text={strongest.explanation.summary} />
        </span>
        <span className="row-template">
          <TemplateText text={strongest.template} />
          {others > 0 ? (
            <span className="row-others">
              {anomaliesOfOthers(incident) > 0
                ? `${templates.length} or more templates`
                : `and ${formatNoun(others, "more template")}`}
            </span>
          ) : null}
        </span>
      </span>
      <span className="row-count">
        <strong className="number">{formatCount(incident.anomalies)}</strong>{" "}
        {incident.anomalies === 1 ? "anomaly" : "anomalies"}
      </span>
      <span className="row-verdict">
        <IncidentVerdictBadge incident={incident} />
      </span>
      <span className="row-score">
        <span className="number">{formatScore(incident.maxScore)}</span>
        <ScoreBar score={incident.maxScore} threshold={strongest.threshold} tone="danger" />
      </span>
    </>
  );
}
