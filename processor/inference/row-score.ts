import type { RowScore } from "../detect/event-scorer.ts";

const EXPECTED_MAX = 3;

/** The softmax of one row's logits, as far as anybody asks. Example: [0, ln 3] with target 0 gives surprise ln 4. */
export function rowScore(logits: Float32Array, target: number): RowScore {
  const highest = logits.reduce((max, logit) => Math.max(max, logit), Number.NEGATIVE_INFINITY);
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit - highest), 0);
  const logTotal = highest + Math.log(total);
  const best: number[] = [];
  for (let candidate = 0; candidate < logits.length; candidate += 1) {
    const place = best.findIndex((other) => (logits[candidate] ?? 0) > (logits[other] ?? 0));
    best.splice(place < 0 ? best.length : place, 0, candidate);
    best.length = Math.min(best.length, EXPECTED_MAX);
  }
  return {
    surprise: logTotal - (logits[target] ?? Number.NEGATIVE_INFINITY),
    expected: best.map((candidate) => ({
      candidate,
      probability: Math.exp((logits[candidate] ?? Number.NEGATIVE_INFINITY) - logTotal),
    })),
  };
}
