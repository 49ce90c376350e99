import { useEffect } from "react";
import { useMutation, useQuery } from "urql";
import { describeError, type UserError } from "../client.ts";
import { useLastKnown } from "../ui/use-last-known.ts";
import { explainMutation, type LlmAnswerData, type LlmRequestData, llmQuery } from "./llm-query.ts";

/** How often it is looked whether an answer has come. */
const POLL_MS = 1_000;

/** A language model's explanation of one anomaly, and asking for it. */
export interface LlmExplaining {
  readonly answer: LlmAnswerData | null | undefined;
  /** Undefined until the API has said so. */
  readonly request: LlmRequestData | undefined;
  readonly isPending: boolean;
  /** Why the API did not take the question. */
  readonly error: UserError | undefined;
  /** @param force also when there is an answer, about another anomaly of this kind */
  ask(force: boolean): Promise<void>;
}

/** Looks again every second while an answer is waited for. */
export function useLlmExplanation(id: string): LlmExplaining {
  const [{ data }, refetch] = useQuery({ query: llmQuery, variables: { id } });
  const [{ fetching, error }, begin] = useMutation(explainMutation);
  const explanation = useLastKnown(data?.anomaly?.explanation);
  const isAsking = explanation?.llmRequest.state === "ASKING";
  useEffect(() => {
    if (!isAsking) return;
    const timer = setInterval(() => refetch({ requestPolicy: "network-only" }), POLL_MS);
    return () => clearInterval(timer);
  }, [isAsking, refetch]);
  return {
    answer: explanation?.llm,
    request: explanation?.llmRequest,
    isPending: fetching || isAsking,
    error: error === undefined ? undefined : describeError(error),
    async ask(force) {
      await begin({ id, force });
      refetch({ requestPolicy: "network-only" });
    },
  };
}
