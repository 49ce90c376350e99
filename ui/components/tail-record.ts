import { graphql, type ResultOf } from "../graphql.ts";

/** Records as they come, of one service or of all. */
export const recordsSubscription = graphql(`
  subscription Records($service: String) {
    records(service: $service) {
      time
      service
      severity
      body
      template
      score
      threshold
      isAnomaly
      anomalyId
    }
  }
`);

/** A record of the live tail. */
export type TailRecord = ResultOf<typeof recordsSubscription>["records"];
