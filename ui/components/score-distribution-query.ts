import { graphql, type ResultOf } from "../graphql.ts";

/** The stored scores of a service, and what people said of some of them. */
export const scoreDistributionQuery = graphql(`
  query ScoreDistribution($service: String!, $from: DateTime!, $to: DateTime!) {
    scoreDistribution(service: $service, from: $from, to: $to) {
      counts
      records
      days
      labels {
        anomalyId
        score
        isTrueAnomaly
      }
    }
  }
`);

/** A service's scores over a period. */
export type ScoreDistributionData = ResultOf<typeof scoreDistributionQuery>["scoreDistribution"];
