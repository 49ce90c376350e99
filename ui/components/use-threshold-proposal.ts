import { useEffect } from "react";
import { useMutation, useQuery } from "urql";
import { graphql, type ResultOf } from "../graphql.ts";
import { isEnough, type LabellingProgressData, labellingProgressQuery } from "./labelling-progress.ts";
import { useCanWrite } from "./ReadOnlyNote.tsx";

const computeThresholdMutation = graphql(`
  mutation ComputeThreshold($service: String!) {
    computeThreshold(service: $service) {
      value
      message
      auc
      confirmed
      expected
      points {
        threshold
        truePositiveRate
        falsePositiveRate
      }
    }
  }
`);

/** A threshold that the feedback speaks for, or what is missing for one. */
export interface ProposalState {
  /** undefined until it is known. */
  readonly progress: LabellingProgressData | undefined;
  /** undefined while there are too few labels, and until it is computed. */
  readonly proposal: ResultOf<typeof computeThresholdMutation>["computeThreshold"] | undefined;
  readonly error: unknown;
  retry(): void;
}

/** Asks for the proposal (which changes nothing) as soon as a service has labels enough. */
export function useThresholdProposal(service: string): ProposalState {
  const [counted, count] = useQuery({ query: labellingProgressQuery, variables: { service } });
  const [computed, compute] = useMutation(computeThresholdMutation);
  const progress = counted.data?.labellingQueue.progress;
  // The API takes it for a change, because it is a mutation.
  const canWrite = useCanWrite();
  const hasEnough = progress !== undefined && isEnough(progress) && canWrite;
  useEffect(() => {
    if (hasEnough) void compute({ service });
  }, [hasEnough, service, compute]);
  return {
    progress,
    proposal: computed.data?.computeThreshold,
    error: counted.error ?? computed.error,
    retry: () => {
      count({ requestPolicy: "network-only" });
      if (hasEnough) void compute({ service });
    },
  };
}
