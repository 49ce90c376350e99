import { scorePlaceOnBar } from "../format/score.ts";
import type { Tone } from "../ui/Badge.tsx";
import { Bar } from "../ui/Bar.tsx";

interface ScoreBarProps {
  readonly score: number;
  readonly threshold: number;
  readonly tone: Tone;
}

/** A score as a bar against its threshold, on the part of the scale where thresholds lie. */
export function ScoreBar({ score, threshold, tone }: ScoreBarProps) {
  return <Bar share={scorePlaceOnBar(score)} mark={scorePlaceOnBar(threshold)} tone={tone} />;
}
