import { useMemo, useState } from "react";
import { describeError } from "../client.ts";
import { formatNoun } from "../format/count.ts";
import { formatRarity, formatScore, SCORE_SCALE_MIN } from "../format/score.ts";
import { ErrorNotice } from "../ui/ErrorNotice.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { Slider } from "../ui/Slider.tsx";
import { useDebounced } from "../ui/use-debounced.ts";
import { ScoreHistogram } from "./ScoreHistogram.tsx";
import type { ServiceData } from "./services-query.ts";
import { ThresholdMarkButtons } from "./ThresholdMarkButtons.tsx";
import { ThresholdResult } from "./ThresholdResult.tsx";
import { type ThresholdMark, thresholdMarks } from "./threshold-marks.ts";
import { createThresholdTrial } from "./threshold-outcome.ts";
import { alertsInWords, isTooYoungFor } from "./threshold-words.ts";
import { scoresSpanInWords, type TrialDays, trialDaysInWords } from "./trial-period.ts";
import { useMissed } from "./use-missed.ts";
import { useScoreDistribution } from "./use-score-distribution.ts";

const STEP = 0.001;
const COARSE_STEP = 0.01;
const SAID_AFTER_MS = 700;

const noScores = { counts: [], records: 0, days: 0, labels: [] };

interface ThresholdBacktestProps {
  readonly service: ServiceData;
  readonly days: TrialDays;
  /** A fixed threshold; undefined: the one that follows from `budget`, or the one in force. */
  readonly value: number | undefined;
  /** Alerts a day, as typed; undefined where it is no number. */
  readonly budget: number | undefined;
  /** Whether the budget is what is being chosen. */
  readonly isBudget: boolean;
  readonly proposal: number | undefined;
  readonly onChange: (value: number) => void;
}

/** The stored scores, and what a threshold would have done with them: answered here, at once, on each move of the slider. */
export function ThresholdBacktest(props: ThresholdBacktestProps) {
  const { service, days, value, budget, isBudget, proposal, onChange } = props;
  const inForce = service.threshold.value;
  const { distribution, error, period, refetch } = useScoreDistribution(service.name, days);
  const trial = useMemo(() => createThresholdTrial(distribution ?? noScores), [distribution]);
  const kept = budget === undefined || distribution === undefined ? undefined : trial.forBudget(budget);
  const tried = value ?? (isBudget ? kept : undefined) ?? inForce;
  const min = useScaleStart(Math.min(inForce, tried, proposal ?? 1));
  const marks = thresholdMarks({
    now: inForce,
    budget: budget === undefined || kept === undefined ? undefined : { alertsPerDay: budget, value: kept },
    proposal,
  });
  const outcome = useMemo(() => trial.at(tried), [trial, tried]);
  const missed = useMissed({ service: service.name, value: tried, period, count: outcome.missed });
  const said = useDebounced(`${formatScore(tried)}: ${alertsInWords(outcome)}`, SAID_AFTER_MS);
  return (
    <div className="backtest">
      <div className="backtest-scale">
        {distribution === undefined ? (
          <div className="score-histogram">
            {error === undefined ? (
              <Skeleton rows={2} label="Loading the scores" />
            ) : (
              <ErrorNotice {...describeError(error)} onRetry={refetch} />
            )}
          </div>
        ) : (
          <ScoreHistogram
            distribution={distribution}
            min={min}
            value={tried}
            marks={marks}
            summary={summarise(distribution.records, distribution.labels.length, days, marks)}
          />
        )}
        <Slider
          label="Threshold"
          min={min}
          max={1}
          step={STEP}
          coarseStep={COARSE_STEP}
          value={tried}
          valueText={`${formatScore(tried)}, ${formatRarity(tried)} records`}
          onChange={onChange}
        />
        <p className="scale-ends" aria-hidden="true">
          <span>{min.toFixed(1)}</span>
          <span>score; heights are logarithmic</span>
          <span>1.0</span>
        </p>
        <ThresholdMarkButtons marks={marks} value={tried} onTry={onChange} />
      </div>
      <ThresholdResult
        value={tried}
        outcome={distribution === undefined ? undefined : outcome}
        missed={missed}
        span={distribution === undefined ? "" : scoresSpanInWords(distribution.days, days)}
        onChange={onChange}
      />
      {isBudget && distribution !== undefined && isTooYoungFor(budget, service, distribution) ? (
        <p className="backtest-young muted">
          A young service cannot keep a small budget yet: until it has sent enough records, the threshold in
          force differs from the one tried here, and it may alert more often.
        </p>
      ) : null}
      <p className="visually-hidden" role="status">
        {distribution === undefined ? "" : said}
      </p>
    </div>
  );
}

/** Once it has begun at 0, the scale stays so: it must not change under the hand that drags. */
function useScaleStart(lowest: number): number {
  const [isWhole, setWhole] = useState(lowest < SCORE_SCALE_MIN);
  if (!isWhole && lowest < SCORE_SCALE_MIN) setWhole(true);
  return isWhole || lowest < SCORE_SCALE_MIN ? 0 : SCORE_SCALE_MIN;
}

function summarise(
  records: number,
  labels: number,
  days: TrialDays,
  marks: readonly ThresholdMark[],
): string {
  const where = marks.map(({ label, value }) => `${label}: ${formatScore(value)}`).join(", ");
  return `Scores of ${formatNoun(records, "record")} in ${trialDaysInWords(days)}, ${formatNoun(labels, "label")}. ${where}.`;
}
