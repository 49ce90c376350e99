import { memo, useId } from "react";
import type { ScoreDistributionData } from "./score-distribution-query.ts";
import { histogramPath, scorePlace, ticksPath } from "./score-histogram.ts";
import type { ThresholdMark } from "./threshold-marks.ts";

const WIDTH = 400;
const HEIGHT = 112;
const RUG_HEIGHT = 7;

interface ScoreHistogramProps {
  readonly distribution: ScoreDistributionData;
  /** The scale's left end; its right end is 1. */
  readonly min: number;
  /** The threshold that is tried. */
  readonly value: number;
  readonly marks: readonly ThresholdMark[];
  /** The picture in words, for those who do not see it. */
  readonly summary: string;
}

/** Scored records by score on a logarithmic scale, over the slider's own scale; what would alert is set apart. */
export function ScoreHistogram({ distribution, min, value, marks, summary }: ScoreHistogramProps) {
  const clip = useId();
  const x = (score: number) => scorePlace(score, min, WIDTH);
  return (
    <div className="score-histogram">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={summary}>
        <clipPath id={clip}>
          <rect x={x(value)} y={0} width={WIDTH - x(value)} height={HEIGHT} />
        </clipPath>
        <Bars counts={distribution.counts} min={min} />
        <g className="histogram-alerts" clipPath={`url(#${clip})`}>
          <Bars counts={distribution.counts} min={min} />
        </g>
        {marks.map((mark) => (
          <line
            key={mark.kind}
            className={`mark-line mark-${mark.kind}`}
            x1={x(mark.value)}
            x2={x(mark.value)}
            y1={0}
            y2={HEIGHT}
          />
        ))}
        <line className="mark-line mark-value" x1={x(value)} x2={x(value)} y1={0} y2={HEIGHT} />
      </svg>
      <Rug labels={distribution.labels} min={min} isTrueAnomaly={true} />
      <Rug labels={distribution.labels} min={min} isTrueAnomaly={false} />
    </div>
  );
}

/** Drawn once a distribution, not once a move of the slider. */
const Bars = memo(({ counts, min }: { readonly counts: readonly number[]; readonly min: number }) => (
  <path className="histogram-bars" d={histogramPath(counts, min, { width: WIDTH, height: HEIGHT })} />
));

interface RugProps extends Pick<ScoreHistogramProps, "min"> {
  readonly labels: ScoreDistributionData["labels"];
  readonly isTrueAnomaly: boolean;
}

/** Where the labelled records of one kind lie. */
const Rug = memo(({ labels, min, isTrueAnomaly }: RugProps) => {
  const scores = labels.filter((label) => label.isTrueAnomaly === isTrueAnomaly).map(({ score }) => score);
  if (scores.length === 0) return null;
  return (
    <svg
      className={`rug ${isTrueAnomaly ? "rug-real" : "rug-expected"}`}
      viewBox={`0 0 ${WIDTH} ${RUG_HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path d={ticksPath(scores, min, { width: WIDTH, height: RUG_HEIGHT })} />
    </svg>
  );
});
