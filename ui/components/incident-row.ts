import { graphql, type ResultOf } from "../graphql.ts";

/** What a row of the list, and the panel beside it, show of an incident. */
export const incidentRow = graphql(`
  fragment IncidentRow on Incident {
    id
    service
    startedAt
    lastAt
    isOngoing
    anomalies
    maxScore
    severity
    templates {
      templateId
      template
      anomalies
      maxScore
      strongestId
      feedback {
        isTrueAnomaly
      }
    }
    strongest {
      id
      template
      threshold
      explanation {
        summary
      }
    }
    feedback {
      id
      anomalyId
      isTrueAnomaly
      createdAt
    }
  }
`);

/** An incident as a row of the list. */
export type IncidentRowData = ResultOf<typeof incidentRow>;
