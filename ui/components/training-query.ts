import { graphql, type ResultOf } from "../graphql.ts";

/** A page of the runs of the trainer, newest first. */
export const trainingRunsQuery = graphql(`
  query TrainingRuns($first: Int!, $after: String) {
    trainingRuns(first: $first, after: $after) {
      nodes {
        id
        service
        state
        createdAt
        startedAt
        finishedAt
        progress
        loss
        heldOutLossBefore
        heldOutLossAfter
        losses {
          step
          loss
        }
        modelBefore
        modelAfter
        message
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

/** The weights that there are. */
export const modelsQuery = graphql(`
  query Models {
    models {
      version
      origin
      isActive
      previousVersion
      trainingRunId
      createdAt
      activatedAt
      problem
    }
  }
`);

/** One run. */
export type TrainingRunData = ResultOf<typeof trainingRunsQuery>["trainingRuns"]["nodes"][number];

/** One set of weights. */
export type ModelData = ResultOf<typeof modelsQuery>["models"][number];
