import type { AnswerSurprises } from "./event-scorer.ts";

const EXPECTED_MAX = 3;

/** An answer and its probability. */
export interface ExpectedAnswer {
  /** Index among the answers. */
  readonly answer: number;
  readonly probability: number;
}

/** The three most probable answers, most probable first; of equal ones the first. */
export function mostExpected(surprises: AnswerSurprises): readonly ExpectedAnswer[] {
  const best: number[] = [];
  for (let answer = 0; answer < surprises.length; answer += 1) {
    const surprise = surprises[answer] ?? 0;
    const last = best[EXPECTED_MAX - 1];
    // Nearly all answers end here.
    if (last !== undefined && !(surprise < (surprises[last] ?? 0))) continue;
    const place = best.findIndex((other) => surprise < (surprises[other] ?? 0));
    best.splice(place < 0 ? best.length : place, 0, answer);
    best.length = Math.min(best.length, EXPECTED_MAX);
  }
  return best.map((answer) => ({ answer, probability: Math.exp(-(surprises[answer] ?? 0)) }));
}
