import { describe, expect, test } from "vitest";
import type { Scorer } from "../detector-under-test.ts";
import type { Unit } from "../evaluation-set.ts";
import { createLogbertPaper } from "./logbert-paper.ts";

const USUAL_KEYS = 4;
const UNSEEN = 99;
const TEMPLATES = Array.from({ length: UNSEEN + 1 }, (_, key) => `event ${key}`);

function unit(events: readonly number[], line: number): Unit {
  return { events, source: { file: "f", fromLine: line, toLine: line } };
}

/** Each key tells the next. */
function cycle(from: number, length: number): readonly number[] {
  return Array.from({ length }, (_, i) => (from + i) % USUAL_KEYS);
}

/** The usual keys, with a rare one at the end of every unit: more keys than the six that count as expected. */
const NORMAL = Array.from({ length: 64 }, (_, i) => unit([...cycle(i, 20), USUAL_KEYS + (i % 8)], i + 1));

function trained(seed: number, steps = 8): Promise<Scorer> {
  return createLogbertPaper(steps).fit(NORMAL, { set: "hdfs", templates: TEMPLATES, isSession: true, seed });
}

async function scoresOf(scorer: Scorer, units: readonly Unit[]): Promise<readonly number[]> {
  return [...(await scorer.score(units, TEMPLATES))];
}

describe("LogBERT as published", () => {
  test("counts a key that training has not seen as undetected, and knows a usual sequence", async () => {
    const scorer = await trained(1, 40);
    const [unseen = 0, half = 0, usual = 1] = await scoresOf(scorer, [
      unit(Array(20).fill(UNSEEN), 100),
      unit([...cycle(0, 10), ...Array(10).fill(UNSEEN)], 101),
      unit(cycle(3, 20), 102),
    ]);
    await scorer.close?.();
    expect(unseen).toBe(1);
    expect(half).toBeGreaterThan(usual);
    expect(half).toBeLessThan(1);
    expect(usual).toBe(0);
  });

  test("scores units of every length, those that the paper leaves out too", async () => {
    const scorer = await trained(1);
    const scores = await scoresOf(scorer, [unit([], 1), unit([UNSEEN], 2), unit(cycle(0, 3_000), 3)]);
    await scorer.close?.();
    expect(scores.slice(0, 2)).toEqual([0, 1]);
    expect(scores[2]).toBeGreaterThanOrEqual(0);
    expect(scores[2]).toBeLessThanOrEqual(1);
  });

  test("gives the same scores for the same seed, whatever is scored beside them, and others for another", async () => {
    const tested = NORMAL.slice(0, 20);
    const [first, again, other] = [await trained(1), await trained(1), await trained(2)];
    const scores = await scoresOf(first, tested);
    expect(await scoresOf(again, tested.slice(10))).toEqual(scores.slice(10));
    expect(await scoresOf(other, tested)).not.toEqual(scores);
    for (const scorer of [first, again, other]) await scorer.close?.();
  });
});
