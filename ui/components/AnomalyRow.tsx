import { formatScore } from "../format/score.ts";
import { paths } from "../paths.ts";
import { Badge } from "../ui/Badge.tsx";
import { Bar } from "../ui/Bar.tsx";
import { LogText } from "../ui/LogText.tsx";
import { TemplateText } from "../ui/TemplateText.tsx";
import { Timestamp } from "../ui/Timestamp.tsx";
import { type AnomalyRowData, standingVerdict } from "./anomaly-row.ts";
import { Link } from "./Link.tsx";
import { severityTone } from "./severity-tone.ts";
import { VerdictBadge } from "./VerdictBadge.tsx";

interface AnomalyRowProps {
  readonly row: AnomalyRowData;
  readonly nowMs: number;
  /** The address's query string, kept when the anomaly is opened. */
  readonly queryString: string;
  readonly isSelected: boolean;
  readonly isFresh: boolean;
}

/** One anomaly of the list: all of it is one link. */
export function AnomalyRow({ row, nowMs, queryString, isSelected, isFresh }: AnomalyRowProps) {
  const verdict = standingVerdict(row.feedback);
  return (
    <Link
      href={paths.anomaly(row.id) + queryString}
      className={`anomaly-row ${isFresh ? "is-fresh" : ""}`}
      {...(isSelected ? { "aria-current": "true" as const } : {})}
    >
      <span className="row-time">
        <Timestamp iso={row.time} nowMs={nowMs} />
      </span>
      <span className="row-severity">
        <Badge tone={severityTone(row.severity)}>
          <LogText text={row.severity ?? "—"} />
        </Badge>
      </span>
      <span className="row-service">
        <LogText text={row.service} />
      </span>
      <span className="row-what">
        <span className="row-summary">
          <LogText text={row.explanation.summary} />
        </span>
        <TemplateText text={row.template} />
      </span>
      <span className="row-verdict">
        {verdict === undefined ? null : <VerdictBadge isTrueAnomaly={verdict.isTrueAnomaly} />}
      </span>
      <span className="row-score">
        <span className="number">{formatScore(row.score)}</span>
        <Bar share={row.score} mark={row.threshold} tone="danger" />
      </span>
    </Link>
  );
}
