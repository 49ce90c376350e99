import type { UserError } from "../client.ts";
import type { AnomalyData } from "./anomaly-query.ts";
import { type AnomalyRowData, standingVerdict } from "./anomaly-row.ts";
import type { Judged, VerdictOutcome } from "./give-verdict.ts";
import { useVerdicts } from "./use-verdicts.ts";

/** What people can say of an anomaly, and take back. */
export interface FeedbackActions {
  readonly standing: AnomalyData["feedback"][number] | undefined;
  readonly isPending: boolean;
  readonly error: UserError | undefined;
  /** Gives a verdict. Resolves to whether it was stored. */
  give(isTrueAnomaly: boolean, note: string): Promise<boolean>;
  /** Takes the standing verdict back. Resolves to whether there was one and it is gone. */
  undo(): Promise<boolean>;
}

/** The feedback of one anomaly; `onChanged` hears what stands when that is not what the page shows any more. */
export function useFeedback(
  anomaly: AnomalyData,
  onChanged: (feedback: AnomalyRowData["feedback"]) => void,
): FeedbackActions {
  const verdicts = useVerdicts();
  const judged: Judged = { kind: "anomaly", id: anomaly.id, shown: anomaly.feedback };
  const hear = (outcome: VerdictOutcome | undefined) => {
    if (outcome?.said !== undefined) onChanged([...outcome.said]);
    return outcome?.isDone === true;
  };
  return {
    standing: standingVerdict(anomaly.feedback),
    isPending: verdicts.isPending,
    error: verdicts.error,
    give: async (isTrueAnomaly, note) => hear(await verdicts.give(judged, isTrueAnomaly, note)),
    undo: async () => hear(await verdicts.takeBackLast(judged)),
  };
}
