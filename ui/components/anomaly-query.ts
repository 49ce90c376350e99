import { graphql, type ResultOf } from "../graphql.ts";

/** Everything that is known of one anomaly. */
export const anomalyQuery = graphql(`
  query Anomaly($id: ID!) {
    anomaly(id: $id) {
      id
      time
      service
      severity
      body
      template
      templateId
      isAlert
      score
      threshold
      traceId
      links {
        name
        url
      }
      nearestNormal {
        time
        window {
          time
          template
          severity
        }
      }
      incident {
        id
        anomalies
        startedAt
      }
      explanation {
        summary
        facts
        source
        tokens {
          token
          importance
          start
          end
        }
        expected {
          template
          probability
        }
        detectors {
          detector
          pValue
          share
        }
      }
      window {
        time
        template
        severity
        isSubject
      }
      feedback {
        id
        isTrueAnomaly
        note
        author
        createdAt
      }
      said: feedback(includeUndone: true) {
        id
        isTrueAnomaly
        note
        author
        createdAt
        undoneAt
        undoneBy
      }
    }
  }
`);

/** One anomaly with its window, explanation and feedback. */
export type AnomalyData = NonNullable<ResultOf<typeof anomalyQuery>["anomaly"]>;
