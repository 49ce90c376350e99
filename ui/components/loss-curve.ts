import type { Size } from "./score-histogram.ts";

/** The loss after some steps. */
export interface LossPoint {
  readonly step: number;
  readonly loss: number;
}

/** A curve in a drawing's own units, and where its lowest point lies. */
export interface LossCurveShape {
  readonly line: string;
  readonly best: LossPoint;
  readonly bestX: number;
  readonly bestY: number;
  readonly highest: number;
  readonly steps: number;
}

/**
 * A loss curve from the lowest to the highest loss; undefined with fewer than two points, of which there is no curve.
 *
 * Example: steps 0 and 10 with losses 2 and 1, 10 × 4 -> line "0,0 10,4", best the second
 */
export function lossCurveShape(
  points: readonly LossPoint[],
  { width, height }: Size,
): LossCurveShape | undefined {
  const ordered = [...points].sort((a, b) => a.step - b.step);
  const [first] = ordered;
  const last = ordered.at(-1);
  if (first === undefined || last === undefined || first.step === last.step) return undefined;
  const best = ordered.reduce((lowest, point) => (point.loss < lowest.loss ? point : lowest), first);
  const highest = ordered.reduce((most, { loss }) => Math.max(most, loss), first.loss);
  const span = highest - best.loss || 1;
  const x = ({ step }: LossPoint) => ((step - first.step) / (last.step - first.step)) * width;
  const y = ({ loss }: LossPoint) => ((highest - loss) / span) * height;
  return {
    line: ordered.map((point) => `${x(point)},${y(point)}`).join(" "),
    best,
    bestX: x(best),
    bestY: y(best),
    highest,
    steps: last.step,
  };
}
