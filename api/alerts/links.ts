/** Where a message links to; undefined where there are no such links. */
export interface Links {
  /** The page of an anomaly. */
  page(anomalyId: string): string | undefined;
  /** Where whoever reads the message can say what an incident is. */
  verdict(incidentId: string, isTrueAnomaly: boolean): string | undefined;
}
