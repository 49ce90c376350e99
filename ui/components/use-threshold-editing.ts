import { useState } from "react";
import { useMutation } from "urql";
import { describeError, isConflict, type UserError } from "../client.ts";
import { graphql } from "../graphql.ts";
import type { ServiceData } from "./services-query.ts";
import { readDraft, type ThresholdDraft, toDraft } from "./threshold-draft.ts";
import {
  changesSince,
  revertThresholdMutation,
  type ThresholdChange,
  type ThresholdWithHistory,
} from "./threshold-history.ts";
import type { ThresholdHistoryState } from "./use-threshold-history.ts";

const setThresholdMutation = graphql(`
  mutation SetThreshold($input: ThresholdInput!) {
    setThreshold(input: $input) {
      changeId
    }
  }
`);

/** What somebody else did while the form was open. */
export interface ThresholdConflict {
  readonly changes: readonly ThresholdChange[];
  readonly theirs: Pick<ThresholdWithHistory, "mode" | "value" | "alertsPerDay">;
}

/** The form: what it holds, what stands against saving it, and what can be done. */
export interface ThresholdEditing {
  readonly draft: ThresholdDraft;
  readonly problem: UserError | undefined;
  readonly conflict: ThresholdConflict | undefined;
  readonly isBusy: boolean;
  change(changes: Partial<ThresholdDraft>): void;
  /** Resolves to whether it was stored. */
  save(): Promise<boolean>;
  /** Takes a change of the history back; resolves to whether that was stored. */
  revert(change: ThresholdChange): Promise<boolean>;
  /** Gives up the own choice for what somebody else has set. */
  takeTheirs(): void;
}

/**
 * A threshold's form. What is saved is based on the last change that its user has seen: when somebody else has changed it
 * since, nothing is stored, the user is told what was changed, and the form keeps what it holds.
 */
export function useThresholdEditing(service: ServiceData, history: ThresholdHistoryState): ThresholdEditing {
  const [draft, setDraft] = useState(() => toDraft(service.threshold));
  const [seenId, setSeenId] = useState(service.threshold.changeId);
  const [problem, setProblem] = useState<UserError>();
  const [conflict, setConflict] = useState<ThresholdConflict>();
  const [setting, setThreshold] = useMutation(setThresholdMutation);
  const [reverting, revertThreshold] = useMutation(revertThresholdMutation);

  const fail = async (error: unknown) => {
    setProblem(isConflict(error) ? undefined : describeError(error));
    if (!isConflict(error)) return false;
    const theirs = await history.reload();
    if (theirs === undefined) return false;
    setConflict({ changes: changesSince(theirs.history.nodes, seenId), theirs });
    setSeenId(theirs.changeId);
    return false;
  };
  const succeed = (changeId: string | null) => {
    setSeenId(changeId);
    setProblem(undefined);
    setConflict(undefined);
    void history.reload();
    return true;
  };

  return {
    draft,
    problem,
    conflict,
    isBusy: setting.fetching || reverting.fetching,
    change(changes) {
      setProblem(undefined);
      setDraft((current) => ({ ...current, ...changes }));
    },
    async save() {
      const input = readDraft(draft);
      if (typeof input === "string") {
        setProblem({ message: input, remedy: "" });
        return false;
      }
      const { data, error } = await setThreshold({
        input: { service: service.name, ...input, basedOn: seenId },
      });
      return data === undefined ? fail(error) : succeed(data.setThreshold.changeId);
    },
    async revert(change) {
      const { data, error } = await revertThreshold({ changeId: change.id, basedOn: seenId });
      if (data === undefined) return fail(error);
      setDraft(toDraft(data.revertThreshold));
      return succeed(data.revertThreshold.changeId);
    },
    takeTheirs() {
      if (conflict !== undefined) setDraft(toDraft(conflict.theirs));
      setConflict(undefined);
    },
  };
}
