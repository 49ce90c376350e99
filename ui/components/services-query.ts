import { graphql, type ResultOf } from "../graphql.ts";

/** Every service with its threshold. */
export const servicesQuery = graphql(`
  query Services {
    services {
      name
      records
      anomalies
      learningState
      threshold {
        mode
        value
        alertsPerDay
        updatedAt
        changeId
      }
      lastSeen
    }
  }
`);

/** One service with its threshold. */
export type ServiceData = ResultOf<typeof servicesQuery>["services"][number];
