import { afterAll, beforeAll, expect, test } from "vitest";
import type { Scorer } from "../detector-under-test.ts";
import type { Unit } from "../evaluation-set.ts";
import { createLineMlm } from "./line-mlm.ts";

const TEMPLATES = [
  "Connection from <*> accepted on port <*>",
  "Request <*> took <*> ms",
  "Connection closed after <*> ms",
  "Zebra quantum overflow horizon",
  "ms took <*> Request <*>",
  "",
];
const [ACCEPTED, TOOK, CLOSED, NEVER_SEEN, WRONG_ORDER, EMPTY] = [0, 1, 2, 3, 4, 5] as const;

function unit(events: readonly number[], line = 1): Unit {
  return { events, source: { file: "f", fromLine: line, toLine: line } };
}

function trained(seed: number, steps: number): Promise<Scorer> {
  const train = Array.from({ length: 64 }, (_, i) => unit([ACCEPTED, TOOK, TOOK, CLOSED], i + 1));
  return createLineMlm(steps).fit(train, { set: "test", templates: TEMPLATES, isSession: true, seed });
}

async function scoresOf(scorer: Scorer, tested: readonly (readonly number[])[]): Promise<readonly number[]> {
  return [
    ...(await scorer.score(
      tested.map((events) => unit(events)),
      TEMPLATES,
    )),
  ];
}

let scorer: Scorer;
beforeAll(async () => {
  scorer = await trained(1, 40);
}, 30_000);
afterAll(() => scorer.close?.());

test("a line of words never seen has a higher pseudo-perplexity than a known line", async () => {
  const [known = 0, unseen = 0] = await scoresOf(scorer, [[TOOK], [NEVER_SEEN]]);
  expect(known).toBeGreaterThan(0);
  expect(unseen).toBeGreaterThan(2 * known);
});

test("known words in another order surprise", async () => {
  const [known = 0, reordered = 0] = await scoresOf(scorer, [[TOOK], [WRONG_ORDER]]);
  expect(reordered).toBeGreaterThan(known);
});

test("a unit is as odd as its oddest line, whatever their order and number", async () => {
  const [alone, among, reversed] = await scoresOf(scorer, [
    [NEVER_SEEN],
    [ACCEPTED, NEVER_SEEN, TOOK, TOOK],
    [TOOK, NEVER_SEEN, ACCEPTED],
  ]);
  expect(among).toBe(alone);
  expect(reversed).toBe(alone);
});

test("units without lines, and lines without words, are not odd", async () => {
  expect(await scoresOf(scorer, [[], [EMPTY]])).toEqual([0, 0]);
});

test("a template that has come since training, longer than a row, is scored", async () => {
  const long = Array.from({ length: 100 }, (_, i) => `word ${i}`).join(" ");
  const [score = 0] = await scorer.score([unit([TEMPLATES.length])], [...TEMPLATES, long]);
  expect(score).toBeGreaterThan(0);
  expect(Number.isFinite(score)).toBe(true);
});

test("the same seed gives the same scores, another seed others", async () => {
  const [first, again, other] = [await trained(1, 6), await trained(1, 6), await trained(2, 6)];
  const scores = await scoresOf(first, [[ACCEPTED], [NEVER_SEEN]]);
  expect(await scoresOf(again, [[ACCEPTED], [NEVER_SEEN]])).toEqual(scores);
  expect(await scoresOf(other, [[ACCEPTED], [NEVER_SEEN]])).not.toEqual(scores);
  for (const one of [first, again, other]) await one.close?.();
});
