/** A fitted model: the log odds of "true" are `intercept` + the sum of slope by value. */
export interface LogisticModel {
  readonly intercept: number;
  readonly slopes: readonly number[];
}

/** What slopes are held to. */
export interface Ridge {
  readonly centre: number;
  /** Above 0; penalty / 2 * (slope - centre)^2 is added to the loss for each slope. */
  readonly penalty: number;
}

/** Newton's method ends long before; it is a bound. */
const STEPS_MAX = 100;
const HALVINGS_MAX = 40;
/** A gain of the loss that is rounding. */
const GAIN_MIN = 1e-12;

/**
 * Logistic regression with an L2 penalty on the slopes and none on the intercept, by Newton's method with halved steps
 * (iteratively reweighted least squares). The loss is strictly convex where both answers occur, so that the minimum is one.
 *
 * @param rows values, as many in each; a few columns
 * @param answers one a row; both must occur
 */
export function fitLogistic(
  rows: readonly (readonly number[])[],
  answers: readonly boolean[],
  ridge: Ridge,
): LogisticModel {
  const columns = rows[0]?.length ?? 0;
  let at = [0, ...Array<number>(columns).fill(ridge.centre)];
  let loss = lossAt(at, rows, answers, ridge);
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const direction = newtonStep(at, rows, answers, ridge);
    const better = downhill(at, direction, loss, (point) => lossAt(point, rows, answers, ridge));
    if (better === undefined) break;
    const gain = loss - better.loss;
    at = [...better.point];
    loss = better.loss;
    if (gain < GAIN_MIN * (1 + Math.abs(loss))) break;
  }
  const [intercept = 0, ...slopes] = at;
  return { intercept, slopes };
}

/** The loss that is minimised: minus the log likelihood, and the penalty. `point`: the intercept, then the slopes. */
export function lossAt(
  point: readonly number[],
  rows: readonly (readonly number[])[],
  answers: readonly boolean[],
  { centre, penalty }: Ridge,
): number {
  let loss = 0;
  for (const [index, row] of rows.entries()) {
    const odds = logOdds(point, row);
    // ln(1 + e^x) without overflow.
    const signed = answers[index] ? -odds : odds;
    loss += Math.max(0, signed) + Math.log1p(Math.exp(-Math.abs(signed)));
  }
  return loss + point.slice(1).reduce((sum, slope) => sum + (penalty / 2) * (slope - centre) ** 2, 0);
}

function logOdds(point: readonly number[], row: readonly number[]): number {
  return row.reduce((sum, value, column) => sum + value * (point[column + 1] ?? 0), point[0] ?? 0);
}

function newtonStep(
  point: readonly number[],
  rows: readonly (readonly number[])[],
  answers: readonly boolean[],
  { centre, penalty }: Ridge,
): readonly number[] {
  const gradient = point.map((value, at) => (at === 0 ? 0 : penalty * (value - centre)));
  const hessian = point.map((_, at) => point.map((__, to) => (at === to && at > 0 ? penalty : 0)));
  for (const [index, row] of rows.entries()) {
    const probability = 1 / (1 + Math.exp(-logOdds(point, row)));
    const residual = probability - (answers[index] ? 1 : 0);
    const curvature = probability * (1 - probability);
    addOuter([1, ...row], residual, curvature, gradient, hessian);
  }
  return solve(
    hessian,
    gradient.map((value) => -value),
  );
}

function addOuter(
  values: readonly number[],
  residual: number,
  curvature: number,
  gradient: number[],
  hessian: number[][],
): void {
  for (const [at, value] of values.entries()) {
    gradient[at] = (gradient[at] ?? 0) + residual * value;
    const line = hessian[at];
    if (line === undefined) continue;
    for (const [to, other] of values.entries()) line[to] = (line[to] ?? 0) + curvature * value * other;
  }
}

/** The first of the whole, the half, the quarter step … that lowers the loss; undefined when none does. */
function downhill(
  from: readonly number[],
  direction: readonly number[],
  loss: number,
  lossOf: (point: readonly number[]) => number,
): { readonly point: readonly number[]; readonly loss: number } | undefined {
  for (let halving = 0; halving < HALVINGS_MAX; halving += 1) {
    const scale = 2 ** -halving;
    const point = from.map((value, at) => value + scale * (direction[at] ?? 0));
    const reached = lossOf(point);
    if (reached < loss) return { point, loss: reached };
  }
  return undefined;
}

/** Gaussian elimination; the matrix is positive definite, so that no pivot is 0. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): readonly number[] {
  const lines = matrix.map((line, at) => [...line, right[at] ?? 0]);
  for (const [pivot, line] of lines.entries()) {
    for (const below of lines.slice(pivot + 1)) {
      const factor = (below[pivot] ?? 0) / (line[pivot] ?? 1);
      for (let at = pivot; at < below.length; at += 1)
        below[at] = (below[at] ?? 0) - factor * (line[at] ?? 0);
    }
  }
  const solution = Array<number>(lines.length).fill(0);
  for (let at = lines.length - 1; at >= 0; at -= 1) {
    const line = lines[at] ?? [];
    const known = solution.reduce((sum, value, to) => sum + (to > at ? value * (line[to] ?? 0) : 0), 0);
    solution[at] = ((line[lines.length] ?? 0) - known) / (line[at] ?? 1);
  }
  return solution;
}
