import { formatCount } from "../format/count.ts";
import { formatScore } from "../format/score.ts";
import { type CurvePoint, curveHeight } from "./alert-curve.ts";

const WIDTH = 400;
const HEIGHT = 96;

interface AlertCurveProps {
  readonly points: readonly CurvePoint[];
  /** The scale's left end; its right end is 1. */
  readonly min: number;
  readonly value: number;
  readonly inForce: number;
}

/** Alerts by threshold, on a logarithmic scale, over the slider's own scale. */
export function AlertCurve({ points, min, value, inForce }: AlertCurveProps) {
  const most = Math.max(0, ...points.map((point) => point.alerts));
  const x = (threshold: number) => ((threshold - min) / (1 - min)) * WIDTH;
  const y = (alerts: number) => HEIGHT - curveHeight(alerts, most) * (HEIGHT - 8);
  const line = [...points, { threshold: 1, alerts: 0 }]
    .filter((point) => point.threshold >= min)
    .map((point) => `${x(point.threshold)},${y(point.alerts)}`);
  const first = line[0]?.split(",")[0] ?? "0";
  const least = points[0];
  const summary =
    least === undefined
      ? "No stored scores yet."
      : `From ${formatCount(least.alerts)} alerts at a threshold of ${formatScore(least.threshold)} to none at 1.`;
  return (
    <svg
      className="alert-curve"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`Alerts by threshold. ${summary}`}
    >
      {most === 0 ? null : (
        <>
          <polygon
            className="curve-area"
            points={`${first},${HEIGHT} ${line.join(" ")} ${WIDTH},${HEIGHT}`}
          />
          <polyline className="curve-line" points={line.join(" ")} />
        </>
      )}
      <line className="curve-in-force" x1={x(inForce)} x2={x(inForce)} y1={0} y2={HEIGHT} />
      <line className="curve-value" x1={x(value)} x2={x(value)} y1={0} y2={HEIGHT} />
    </svg>
  );
}
