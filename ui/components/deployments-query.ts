import { graphql, type ResultOf } from "../graphql.ts";

/** The newest deployments that have brought something, as many as are shown; what they brought only where somebody looks. */
export const deploymentsQuery = graphql(`
  query Deployments($service: String, $withMessages: Boolean!) {
    deployments(service: $service, withNews: true, first: 3) {
      nodes {
        id
        service
        version
        deployment
        previousVersion
        startedAt
        learnsUntil
        newMessageCount
        newMessages(first: 100) @include(if: $withMessages) {
          templateId
          template
          severity
          count
          example {
            id
          }
        }
      }
    }
  }
`);

/** A deployment as the page shows it. */
export type DeploymentData = ResultOf<typeof deploymentsQuery>["deployments"]["nodes"][number];
/** A message that it has brought. */
export type NewMessageData = NonNullable<DeploymentData["newMessages"]>[number];
