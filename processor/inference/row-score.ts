import type { RowScore } from "../detect/event-scorer.ts";

const EXPECTED_MAX = 3;

/** The softmax of one row's logits, as far as anybody asks. Example: [0, ln 3] with target 0 gives surprise ln 4. */
export function rowScore(logits: Float32Array, target: number): RowScore {
  let highest = Number.NEGATIVE_INFINITY;
  for (const logit of logits) highest = Math.max(highest, logit);
  let total = 0;
  for (const logit of logits) total += Math.exp(logit - highest);
  const logTotal = highest + Math.log(total);
  return {
    surprise: logTotal - (logits[target] ?? Number.NEGATIVE_INFINITY),
    expected: mostProbable(logits).map((candidate) => ({
      candidate,
      probability: Math.exp((logits[candidate] ?? Number.NEGATIVE_INFINITY) - logTotal),
    })),
  };
}

/** Indexes of the highest logits, highest first; of equal ones the first. */
function mostProbable(logits: Float32Array): readonly number[] {
  const best: number[] = [];
  for (let candidate = 0; candidate < logits.length; candidate += 1) {
    const logit = logits[candidate] ?? 0;
    const last = best[EXPECTED_MAX - 1];
    // Nearly all candidates end here.
    if (last !== undefined && !(logit > (logits[last] ?? 0))) continue;
    const place = best.findIndex((other) => logit > (logits[other] ?? 0));
    best.splice(place < 0 ? best.length : place, 0, candidate);
    best.length = Math.min(best.length, EXPECTED_MAX);
  }
  return best;
}
