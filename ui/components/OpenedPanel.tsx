import { useQueryString } from "../navigation.ts";
import { paths } from "../paths.ts";
import { AnomalyPanel } from "./AnomalyPanel.tsx";
import type { AnomalyRowData } from "./anomaly-row.ts";
import { IncidentSection } from "./IncidentSection.tsx";
import { anomalyFeedRow, incidentFeedRow } from "./live-row.ts";
import type { LiveList } from "./use-live-list.ts";
import type { Opened } from "./use-opened.ts";
import type { RowVerdict } from "./use-row-verdict.ts";

interface OpenedPanelProps {
  readonly anomalyId: string;
  readonly opened: Opened;
  readonly verdict: RowVerdict;
  readonly list: LiveList;
  readonly announce: (text: string) => void;
}

/** The anomaly that is opened, below what else belongs to its incident. */
export function OpenedPanel({ anomalyId, opened, verdict, list, announce }: OpenedPanelProps) {
  const queryString = useQueryString();
  const { incident, row } = opened;
  const onFeedback = (_id: string, feedback: AnomalyRowData["feedback"]) => {
    if (row?.kind === "anomaly") list.change(anomalyFeedRow({ ...row.anomaly, feedback }));
    opened.renewIncident();
  };
  return (
    <AnomalyPanel
      id={anomalyId}
      backHref={paths.live + queryString}
      onFeedback={onFeedback}
      announce={announce}
      revision={opened.revision}
    >
      {incident === undefined || incident.anomalies === 1 ? null : (
        <IncidentSection
          incident={incident}
          anomalyId={anomalyId}
          isDisabled={verdict.isPending || !verdict.canWrite}
          onVerdict={(isTrueAnomaly) => void verdict.give(incidentFeedRow(incident), isTrueAnomaly)}
          onUndo={() => void verdict.undo(incidentFeedRow(incident))}
        />
      )}
    </AnomalyPanel>
  );
}
