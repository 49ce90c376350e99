import { createRandom, type Random } from "../../generate/random.ts";
import type { DetectorUnderTest } from "../detector-under-test.ts";
import { scoreSequences } from "./score-units.ts";

/** Liu, Ting and Zhou, ICDM 2008: their defaults. */
const TREES = 100;
const SAMPLE = 256;
const EULER = 0.5772156649;

type Counts = ReadonlyMap<number, number>;
type Tree =
  | { readonly size: number }
  | { readonly event: number; readonly split: number; readonly below: Tree; readonly above: Tree };

/** Isolation forest on event counts: how few random cuts set a sequence apart from the normal ones; 0 to 1. */
export const isolationForest: DetectorUnderTest = {
  name: "isolation forest",
  isSeeded: true,
  appliesTo: () => true,
  async fit(train, { seed }) {
    const random = createRandom(seed);
    const counts = train.map(({ events }) => countsOf(events));
    const size = Math.min(SAMPLE, counts.length);
    const depthMax = Math.ceil(Math.log2(Math.max(2, size)));
    const trees = Array.from({ length: TREES }, () => grow(sample(counts, size, random), depthMax, random));
    const usual = averageDepth(size);
    return scoreSequences((events) => {
      const own = countsOf(events);
      const depth = trees.reduce((sum, tree) => sum + depthIn(tree, own), 0) / TREES;
      return 2 ** -(depth / usual);
    });
  },
};

function countsOf(events: readonly number[]): Counts {
  const counts = new Map<number, number>();
  for (const event of events) counts.set(event, (counts.get(event) ?? 0) + 1);
  return counts;
}

function sample(all: readonly Counts[], size: number, random: Random): readonly Counts[] {
  const rest = [...all];
  return Array.from({ length: size }, () => {
    const [picked = new Map()] = rest.splice(random.int(0, rest.length - 1), 1);
    return picked;
  });
}

function grow(rows: readonly Counts[], depthLeft: number, random: Random): Tree {
  const cuttable = depthLeft === 0 ? [] : spans(rows);
  const [first, ...others] = cuttable;
  if (first === undefined) return { size: rows.length };
  const { event, low, high } = random.pick([first, ...others]);
  const split = low + random.next() * (high - low);
  const isBelow = (row: Counts) => (row.get(event) ?? 0) <= split;
  return {
    event,
    split,
    below: grow(rows.filter(isBelow), depthLeft - 1, random),
    above: grow(
      rows.filter((row) => !isBelow(row)),
      depthLeft - 1,
      random,
    ),
  };
}

/** The events whose counts differ among the rows, with the lowest and the highest count. */
function spans(rows: readonly Counts[]) {
  const events = new Set(rows.flatMap((row) => [...row.keys()]));
  return [...events].flatMap((event) => {
    let [low, high] = [Number.POSITIVE_INFINITY, 0];
    for (const row of rows) {
      const count = row.get(event) ?? 0;
      low = Math.min(low, count);
      high = Math.max(high, count);
    }
    return low < high ? [{ event, low, high }] : [];
  });
}

function depthIn(tree: Tree, counts: Counts): number {
  let depth = 0;
  let node = tree;
  while ("event" in node) {
    node = (counts.get(node.event) ?? 0) <= node.split ? node.below : node.above;
    depth += 1;
  }
  return depth + averageDepth(node.size);
}

/** Mean depth of a leaf in a binary search tree of so many entries. */
function averageDepth(size: number): number {
  if (size <= 1) return 0;
  return 2 * (Math.log(size - 1) + EULER) - (2 * (size - 1)) / size;
}
