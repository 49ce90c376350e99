import { formatCount, formatNoun } from "../format/count.ts";
import { formatScore } from "../format/score.ts";
import { changedQuery, useQueryString } from "../navigation.ts";
import { paths } from "../paths.ts";
import { Badge } from "../ui/Badge.tsx";
import { Button } from "../ui/Button.tsx";
import { TemplateText } from "../ui/TemplateText.tsx";
import { Timestamp } from "../ui/Timestamp.tsx";
import { useNow } from "../ui/use-now.ts";
import { IncidentVerdictBadge } from "./IncidentVerdictBadge.tsx";
import type { IncidentRowData } from "./incident-row.ts";
import { anomaliesOfOthers, incidentDuration, isStillOngoing } from "./incident-words.ts";
import { Link } from "./Link.tsx";
import { filterQuery, noFilter } from "./list-filter.ts";

interface IncidentSectionProps {
  readonly incident: IncidentRowData;
  /** The anomaly that is shown below. */
  readonly anomalyId: string;
  readonly isDisabled: boolean;
  readonly onVerdict: (isTrueAnomaly: boolean) => void;
  readonly onUndo: () => void;
}

/** What else belongs to the incident of the anomaly that is shown: its templates, each with its strongest anomaly. */
export function IncidentSection(props: IncidentSectionProps) {
  const { incident, anomalyId } = props;
  const queryString = useQueryString();
  const nowMs = useNow();
  const others = anomaliesOfOthers(incident);
  const duration = incidentDuration(incident);
  const allHref = `${paths.live}${changedQuery("", {
    ...filterQuery({ ...noFilter, incidentId: incident.id }),
    view: "anomalies",
  })}`;
  return (
    <section className="incident-section" aria-label="Incident">
      <header>
        <h2>Incident</h2>
        {isStillOngoing(incident, nowMs) ? <Badge tone="accent">Ongoing</Badge> : null}
        <p className="muted">
          since <Timestamp iso={incident.startedAt} nowMs={nowMs} />
          {duration === "" ? "" : `, ${duration}`}
        </p>
        <Link href={allHref} className="all-link">
          All {formatNoun(incident.anomalies, "anomaly", "anomalies")}
        </Link>
      </header>
      <ul className="incident-templates">
        {incident.templates.map((one) => (
          <li key={one.templateId}>
            <Link
              href={paths.anomaly(one.strongestId) + queryString}
              isReplacing
              {...(one.strongestId === anomalyId ? { "aria-current": "true" as const } : {})}
            >
              <span className="number">{formatCount(one.anomalies)}×</span>
              <TemplateText text={one.template} />
              <span className="number">{formatScore(one.maxScore)}</span>
            </Link>
          </li>
        ))}
        {others === 0 ? null : (
          <li className="other-templates muted">
            other templates: {formatNoun(others, "anomaly", "anomalies")}
          </li>
        )}
      </ul>
      {incident.anomalies === 1 ? null : <WholeVerdict {...props} />}
    </section>
  );
}

function WholeVerdict({ incident, isDisabled, onVerdict, onUndo }: IncidentSectionProps) {
  // The buttons of the anomaly below say the same without it.
  const ofIncident = <span className="visually-hidden">for the whole incident</span>;
  return (
    <div className="whole-verdict">
      <span className="muted">Whole incident:</span>
      <IncidentVerdictBadge incident={incident} />
      <Button tone="danger" shortcut="R" disabled={isDisabled} onClick={() => onVerdict(true)}>
        Real {ofIncident}
      </Button>
      <Button tone="calm" shortcut="E" disabled={isDisabled} onClick={() => onVerdict(false)}>
        Expected {ofIncident}
      </Button>
      {incident.feedback.length === 0 ? null : (
        <Button tone="quiet" shortcut="U" disabled={isDisabled} onClick={onUndo}>
          Undo {ofIncident}
        </Button>
      )}
    </div>
  );
}
