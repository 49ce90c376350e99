import { formatScore } from "../format/score.ts";
import { Badge } from "../ui/Badge.tsx";
import { LogText } from "../ui/LogText.tsx";
import { TemplateText } from "../ui/TemplateText.tsx";
import { Timestamp } from "../ui/Timestamp.tsx";
import { type AnomalyRowData, standingVerdict } from "./anomaly-row.ts";
import { ScoreBar } from "./ScoreBar.tsx";
import { severityTone } from "./severity-tone.ts";
import { VerdictBadge } from "./VerdictBadge.tsx";

interface AnomalyRowProps {
  readonly anomaly: AnomalyRowData;
  readonly nowMs: number;
}

/** What one row tells of an anomaly. */
export function AnomalyRow({ anomaly, nowMs }: AnomalyRowProps) {
  const verdict = standingVerdict(anomaly.feedback);
  return (
    <>
      <span className="row-time">
        <Timestamp iso={anomaly.time} nowMs={nowMs} />
      </span>
      <span className="row-severity">
        <Badge tone={severityTone(anomaly.severity)}>
          <LogText text={anomaly.severity ?? "—"} />
        </Badge>
      </span>
      <span className="row-service">
        <LogText text={anomaly.service} />
      </span>
      <span className="row-what">
        <span className="row-summary">
          <LogText text={anomaly.explanation.summary} />
        </span>
        <TemplateText text={anomaly.template} />
      </span>
      <span className="row-verdict">
        {verdict === undefined ? null : <VerdictBadge isTrueAnomaly={verdict.isTrueAnomaly} />}
      </span>
      <span className="row-score">
        <span className="number">{formatScore(anomaly.score)}</span>
        <ScoreBar score={anomaly.score} threshold={anomaly.threshold} tone="danger" />
      </span>
    </>
  );
}
