import { formatShare } from "../format/count.ts";
import type { Tone } from "../ui/Badge.tsx";
import type { StageStatus } from "./StageStatusProvider.tsx";

type Status = Pick<
  NonNullable<StageStatus["status"]>,
  "scoring" | "unscoredRatio" | "degradedRatio" | "canary"
>;

/** What people should know of how judging goes. */
export interface ScoringNotice {
  readonly tone: Tone;
  readonly text: string;
}

/** In plain words; undefined while there is nothing to tell. Of several things the worst: without a detector that works, verdicts
 * that come in time mean nothing. */
export function scoringNotice({
  scoring,
  unscoredRatio,
  degradedRatio,
  canary,
}: Status): ScoringNotice | undefined {
  if (canary.state === "COLLAPSED")
    return {
      tone: "danger",
      text: `The detector does not work: it found ${formatShare(canary.recallRatio ?? 0)} of the sequences that are known to be odd. Scores mean little until it does. Nothing is lost; other weights can be put in use on the page Training.`,
    };
  switch (scoring) {
    case "SHEDDING":
      return {
        tone: "danger",
        text: `Not all records are judged: ${formatShare(unscoredRatio)} of the last minute's passed without a verdict. Nothing is lost, but anomalies among them are not seen.`,
      };
    case "DEGRADED":
      return {
        tone: "warning",
        text: `Some records are judged less well: ${formatShare(degradedRatio)} of the last minute's without a detector that was late, busy or broken.`,
      };
    case "SCORING":
    case "UNKNOWN":
      return undefined;
  }
}
