import { useState } from "react";
import { useMutation } from "urql";
import { describeError, type UserError } from "../client.ts";
import { graphql } from "../graphql.ts";
import type { AnomalyData } from "./anomaly-query.ts";
import { type AnomalyRowData, standingVerdict } from "./anomaly-row.ts";
import { useStageStatus } from "./StageStatusProvider.tsx";

const addFeedbackMutation = graphql(`
  mutation AddFeedback($input: FeedbackInput!) {
    addFeedback(input: $input) {
      id
      isTrueAnomaly
    }
  }
`);

const undoFeedbackMutation = graphql(`
  mutation UndoFeedback($id: ID!) {
    undoFeedback(id: $id)
  }
`);

/** What people can say of an anomaly, and take back. */
export interface FeedbackActions {
  readonly standing: AnomalyData["feedback"][number] | undefined;
  readonly isPending: boolean;
  readonly error: UserError | undefined;
  /** Gives a verdict. One that stands is taken back first where it is one's own, or nobody's; somebody else's stays beside it. Resolves to whether it was stored. */
  give(isTrueAnomaly: boolean, note: string): Promise<boolean>;
  /** Takes the standing verdict back. Resolves to whether there was one and it is gone. */
  undo(): Promise<boolean>;
}

/** The feedback of one anomaly; `onChanged` hears what stands after each change. */
export function useFeedback(
  anomaly: AnomalyData,
  onChanged: (feedback: AnomalyRowData["feedback"]) => void,
): FeedbackActions {
  const [adding, add] = useMutation(addFeedbackMutation);
  const [undoing, takeBack] = useMutation(undoFeedbackMutation);
  const [error, setError] = useState<UserError>();
  const { viewer } = useStageStatus();
  const standing = standingVerdict(anomaly.feedback);
  const isPending = adding.fetching || undoing.fetching;

  const remove = async (id: string): Promise<boolean> => {
    const result = await takeBack({ id });
    setError(result.error === undefined ? undefined : describeError(result.error));
    return result.error === undefined;
  };

  return {
    standing,
    isPending,
    error,
    async give(isTrueAnomaly, note) {
      if (isPending) return false;
      const isOthers = standing?.author !== null && standing?.author !== viewer?.name;
      const replaced = isOthers ? undefined : standing;
      if (replaced !== undefined && !(await remove(replaced.id))) return false;
      const input = { anomalyId: anomaly.id, isTrueAnomaly, note: note.trim() === "" ? null : note.trim() };
      const result = await add({ input });
      setError(result.error === undefined ? undefined : describeError(result.error));
      const others = anomaly.feedback.filter((one) => one.id !== replaced?.id);
      onChanged(result.data === undefined ? others : [...others, result.data.addFeedback]);
      return result.error === undefined;
    },
    async undo() {
      if (isPending || standing === undefined || !(await remove(standing.id))) return false;
      onChanged(anomaly.feedback.filter((one) => one.id !== standing.id));
      return true;
    },
  };
}
