import { formatPercent } from "../format/score.ts";

const SIZE = 120;

/** One threshold's rates on the judged anomalies. */
export interface RocPoint {
  readonly threshold: number;
  readonly truePositiveRate: number;
  readonly falsePositiveRate: number;
}

interface RocCurveProps {
  readonly points: readonly RocPoint[];
  /** The proposed threshold. */
  readonly chosen: number | undefined;
}

/** Real anomalies caught against expected ones that would still alert, threshold by threshold. */
export function RocCurve({ points, chosen }: RocCurveProps) {
  const place = (point: RocPoint) =>
    [point.falsePositiveRate * SIZE, (1 - point.truePositiveRate) * SIZE] as const;
  const ordered = [...points].sort(
    (a, b) => a.falsePositiveRate - b.falsePositiveRate || a.truePositiveRate - b.truePositiveRate,
  );
  // Above every score nothing alerts: the curve begins there.
  const line = [[0, SIZE], ...ordered.map(place)].map((pair) => pair.join(",")).join(" ");
  const best = points.find((point) => point.threshold === chosen);
  const [bestX, bestY] = best === undefined ? [0, 0] : place(best);
  const label =
    best === undefined
      ? "ROC curve"
      : `ROC curve; the proposal catches ${formatPercent(best.truePositiveRate)} of the real ones and lets ${formatPercent(best.falsePositiveRate)} of the expected ones alert`;
  return (
    <figure className="roc-figure">
      <svg className="roc-curve" viewBox={`-4 -4 ${SIZE + 8} ${SIZE + 8}`} role="img" aria-label={label}>
        <rect className="roc-frame" width={SIZE} height={SIZE} />
        <line className="roc-chance" x1={0} y1={SIZE} x2={SIZE} y2={0} />
        <polyline className="curve-line" points={line} />
        {best === undefined ? null : <circle className="roc-best" cx={bestX} cy={bestY} r={4} />}
      </svg>
      <figcaption className="muted">↑ real caught, → expected that alert</figcaption>
    </figure>
  );
}
