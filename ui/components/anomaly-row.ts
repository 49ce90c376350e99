import { graphql, type ResultOf } from "../graphql.ts";

/** What one row of the list shows. */
export const anomalyRow = graphql(`
  fragment AnomalyRow on Anomaly {
    id
    time
    service
    severity
    score
    threshold
    template
    explanation {
      summary
    }
    feedback {
      id
      isTrueAnomaly
    }
    incident {
      id
    }
  }
`);

/** An anomaly as a row of the list. */
export type AnomalyRowData = ResultOf<typeof anomalyRow>;

/** The verdict that stands of an anomaly: the last that was given and not undone. */
export function standingVerdict<Given>(feedback: readonly Given[]): Given | undefined {
  return feedback.at(-1);
}
