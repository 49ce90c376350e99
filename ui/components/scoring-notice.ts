import { formatShare } from "../format/count.ts";
import type { Tone } from "../ui/Badge.tsx";
import type { StageStatus } from "./StageStatusProvider.tsx";

type Status = Pick<NonNullable<StageStatus["status"]>, "scoring" | "unscoredRatio" | "degradedRatio">;

/** What people should know of how judging goes. */
export interface ScoringNotice {
  readonly tone: Tone;
  readonly text: string;
}

/** In plain words; undefined while there is nothing to tell. */
export function scoringNotice({ scoring, unscoredRatio, degradedRatio }: Status): ScoringNotice | undefined {
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
