import type { AnomalyRowData } from "./anomaly-row.ts";
import type { IncidentRowData } from "./incident-row.ts";

/** A row of the live list: an incident, or one anomaly. */
export type FeedRow =
  | { readonly kind: "incident"; readonly id: string; readonly incident: IncidentRowData }
  | { readonly kind: "anomaly"; readonly id: string; readonly anomaly: AnomalyRowData };

/** An incident as a row. */
export function incidentFeedRow(incident: IncidentRowData): FeedRow {
  return { kind: "incident", id: incident.id, incident };
}

/** An anomaly as a row. */
export function anomalyFeedRow(anomaly: AnomalyRowData): FeedRow {
  return { kind: "anomaly", id: anomaly.id, anomaly };
}

/** The anomaly that a row opens: itself, or an incident's strongest. */
export function openedBy(row: FeedRow): string {
  return row.kind === "anomaly" ? row.id : row.incident.strongest.id;
}

/** Whether an anomaly is the row's own, or one that stands for a part of its incident. */
export function isOf(row: FeedRow, anomalyId: string): boolean {
  if (row.kind === "anomaly") return row.id === anomalyId;
  const { strongest, templates } = row.incident;
  return strongest.id === anomalyId || templates.some(({ strongestId }) => strongestId === anomalyId);
}

/** The row with what now stands of it, where it is an anomaly of that incident; else the row itself. */
export function withVerdictsOf(
  { id, feedback }: Pick<IncidentRowData, "id" | "feedback">,
  row: FeedRow,
): FeedRow {
  if (row.kind !== "anomaly" || row.anomaly.incident?.id !== id) return row;
  return anomalyFeedRow({
    ...row.anomaly,
    feedback: feedback.filter(({ anomalyId }) => anomalyId === row.id),
  });
}
