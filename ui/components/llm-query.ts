import { graphql, type ResultOf } from "../graphql.ts";

/** What a language model said of an anomaly, or how that stands. */
export const llmQuery = graphql(`
  query LlmExplanation($id: ID!) {
    anomaly(id: $id) {
      explanation {
        llm {
          summary
          likelyCause
          nextStep
          prompt
          provider
          model
          createdAt
          cached
        }
        llmRequest {
          state
          failure {
            reason
            detail
            failedAt
            retryAt
            prompt
          }
        }
      }
    }
  }
`);

/** Asks it. */
export const explainMutation = graphql(`
  mutation ExplainAnomaly($id: ID!, $force: Boolean!) {
    explainAnomaly(id: $id, force: $force) {
      llmRequest {
        state
      }
    }
  }
`);

type LlmFields = NonNullable<ResultOf<typeof llmQuery>["anomaly"]>["explanation"];

/** A language model's answer. */
export type LlmAnswerData = NonNullable<LlmFields["llm"]>;

/** Where its answer is. */
export type LlmRequestData = LlmFields["llmRequest"];

/** Why it gave none. */
export type LlmFailureData = NonNullable<LlmRequestData["failure"]>;
