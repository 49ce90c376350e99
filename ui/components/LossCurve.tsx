import { formatCount } from "../format/count.ts";
import { type LossPoint, lossCurveShape } from "./loss-curve.ts";

const WIDTH = 240;
const HEIGHT = 56;

/** How the loss fell; the lowest is the one whose weights are taken. */
export function LossCurve({ points }: { readonly points: readonly LossPoint[] }) {
  const shape = lossCurveShape(points, { width: WIDTH, height: HEIGHT });
  if (shape === undefined) return null;
  const { line, best, bestX, bestY, highest, steps } = shape;
  return (
    <figure className="loss-curve">
      <svg
        viewBox={`-4 -4 ${WIDTH + 8} ${HEIGHT + 8}`}
        role="img"
        aria-label={`Loss by step: from at most ${highest.toFixed(3)} to ${best.loss.toFixed(3)} at step ${formatCount(best.step)} of ${formatCount(steps)}`}
      >
        <polyline className="curve-line" points={line} />
        <circle className="loss-best" cx={bestX} cy={bestY} r={3} />
      </svg>
      <figcaption className="muted">
        loss {highest.toFixed(3)} → {best.loss.toFixed(3)}, step {formatCount(best.step)} of{" "}
        {formatCount(steps)}
      </figcaption>
    </figure>
  );
}
