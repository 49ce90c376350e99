import { useEffect, useRef } from "react";
import { formatCount } from "../format/count.ts";
import { formatScore } from "../format/score.ts";
import { formatAgo, formatInstant } from "../format/time.ts";
import { visibleText } from "../format/visible-text.ts";
import { paths } from "../paths.ts";
import { Badge } from "../ui/Badge.tsx";
import { Button } from "../ui/Button.tsx";
import { LogText } from "../ui/LogText.tsx";
import { Link } from "./Link.tsx";
import { Sparkline } from "./Sparkline.tsx";
import type { ServiceData } from "./services-query.ts";
import { ruleInWords } from "./threshold-words.ts";
import type { Hours } from "./use-sparklines.ts";

interface ServiceRowProps {
  readonly service: ServiceData;
  /** undefined until they are there. */
  readonly hours: Hours | undefined;
  readonly nowMs: number;
  readonly isEditing: boolean;
  readonly onEdit: (service: string | undefined) => void;
}

/** One service at a glance. */
export function ServiceRow({ service, hours, nowMs, isEditing, onEdit }: ServiceRowProps) {
  const { name, records, anomalies, learningState, threshold, lastSeen } = service;
  const place = useRef<HTMLTableRowElement>(null);
  const wasEditing = useRef(isEditing);
  // The focus goes with the form that had it: then it comes back to what opened the form.
  useEffect(() => {
    const isClosed = wasEditing.current && !isEditing;
    wasEditing.current = isEditing;
    if (isClosed && document.activeElement === document.body)
      place.current?.querySelector("button")?.focus({ preventScroll: true });
  }, [isEditing]);
  return (
    <tr ref={place} className={isEditing ? "is-editing" : ""}>
      <th scope="row">
        <Link href={`${paths.live}?${new URLSearchParams({ service: name })}`}>
          <LogText text={name} />
        </Link>
      </th>
      <td className="cell-state">
        {learningState === "LEARNING" ? (
          <Badge tone="warning" title="Scored for novelty; calibrating itself on its own stream">
            Learning
          </Badge>
        ) : (
          <Badge tone="ok">Ready</Badge>
        )}
      </td>
      <td className="cell-spark">{hours === undefined ? null : <Sparkline buckets={hours} />}</td>
      <td className="cell-seen">
        {lastSeen === null ? (
          <span className="muted">never</span>
        ) : (
          <time dateTime={lastSeen} title={formatInstant(Date.parse(lastSeen))}>
            {formatAgo(Date.parse(lastSeen), nowMs)}
          </time>
        )}
      </td>
      <td className="is-numeric cell-records">
        {formatCount(records)} <span className="unit">{records === 1 ? "record" : "records"}</span>
      </td>
      <td className="is-numeric cell-anomalies">
        {formatCount(anomalies)} <span className="unit">{anomalies === 1 ? "anomaly" : "anomalies"}</span>
      </td>
      <td className="cell-threshold">
        <span className="number">{formatScore(threshold.value)}</span>{" "}
        <span className="muted">{ruleInWords(threshold)}</span>
      </td>
      <td className="cell-action">
        <Button
          aria-expanded={isEditing}
          aria-label={`${isEditing ? "Close" : "Edit"} the threshold of ${visibleText(name)}`}
          onClick={() => onEdit(isEditing ? undefined : name)}
        >
          {isEditing ? "Close" : "Edit"}
        </Button>
      </td>
    </tr>
  );
}
