import { graphql, type ResultOf } from "../graphql.ts";

/** The records whose labels would teach the most, with all that is needed to judge them. */
export const labellingQueueQuery = graphql(`
  query LabellingQueue($service: String, $first: Int!) {
    labellingQueue(service: $service, first: $first) {
      items {
        value
        similar
        anomaly {
          id
          time
          service
          severity
          body
          template
          score
          threshold
          isAlert
          explanation {
            summary
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
          }
          window {
            time
            template
            severity
            isSubject
          }
        }
      }
      progress {
        unlabelled
      }
    }
  }
`);

/** One record of the queue. */
export type LabellingItem = ResultOf<typeof labellingQueueQuery>["labellingQueue"]["items"][number];
