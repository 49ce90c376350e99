import { Fragment } from "react";
import { formatCount } from "../format/count.ts";
import { formatScore } from "../format/score.ts";
import { visibleText } from "../format/visible-text.ts";
import { paths } from "../paths.ts";
import { Badge } from "../ui/Badge.tsx";
import { Button } from "../ui/Button.tsx";
import { LogText } from "../ui/LogText.tsx";
import { Link } from "./Link.tsx";
import type { ServiceData } from "./services-query.ts";
import { ThresholdEditor } from "./ThresholdEditor.tsx";
import { ruleInWords } from "./threshold-words.ts";

interface ServiceTableProps {
  readonly services: readonly ServiceData[];
  /** The service whose threshold is being edited. */
  readonly editing: string | undefined;
  readonly onEdit: (service: string | undefined) => void;
  readonly onSaved: () => void;
}

/** What each service has sent, what of it was odd, and from which score it alerts. */
export function ServiceTable({ services, editing, onEdit, onSaved }: ServiceTableProps) {
  return (
    <table className="services">
      <thead>
        <tr>
          <th scope="col">Service</th>
          <th scope="col">State</th>
          <th scope="col" className="is-numeric">
            Records
          </th>
          <th scope="col" className="is-numeric">
            Anomalies
          </th>
          <th scope="col">Threshold</th>
          <th scope="col">
            <span className="visually-hidden">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {services.map((service) => {
          const isEditing = service.name === editing;
          return (
            <Fragment key={service.name}>
              <ServiceRow service={service} isEditing={isEditing} onEdit={onEdit} />
              {isEditing ? (
                <tr className="editor-row">
                  <td colSpan={6}>
                    <ThresholdEditor service={service} onSaved={onSaved} onClose={() => onEdit(undefined)} />
                  </td>
                </tr>
              ) : null}
            </Fragment>
          );
        })}
      </tbody>
    </table>
  );
}

interface ServiceRowProps extends Pick<ServiceTableProps, "onEdit"> {
  readonly service: ServiceData;
  readonly isEditing: boolean;
}

function ServiceRow({ service, isEditing, onEdit }: ServiceRowProps) {
  const { name, records, anomalies, learningState, threshold } = service;
  return (
    <tr className={isEditing ? "is-editing" : ""}>
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
      <td className="is-numeric cell-records">
        {formatCount(records)} <span className="unit">records</span>
      </td>
      <td className="is-numeric cell-anomalies">
        {formatCount(anomalies)} <span className="unit">anomalies</span>
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
