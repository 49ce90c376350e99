import type { Random } from "../../generate/random.ts";
import type { Truth } from "../truth.ts";
import type { Blocks } from "./blocks.ts";

/** How much one detector's AUPRC lies above another's. */
export interface Difference {
  readonly mean: number;
  /** Ends of the interval that holds 95 % of the repetitions. */
  readonly low: number;
  readonly high: number;
}

/** What is compared: scores of the same units, one array for each seed. */
export interface PairedScores {
  readonly scores: readonly Float64Array[];
  readonly others: readonly Float64Array[];
}

const REPETITIONS = 1_000;

/**
 * Paired bootstrap over blocks of neighbouring units (block bootstrap: Künsch, Annals of Statistics 1989): each repetition
 * draws as many blocks from each stratum as it has, with replacement, and measures both detectors on the same draw. Seeds
 * take turns, so that the interval holds their spread too. Blocks without an anomaly among them are drawn again.
 *
 * @throws Error for a test without anomalies
 */
export function pairedBootstrap(
  { scores, others }: PairedScores,
  truth: Truth,
  blocks: Blocks,
  random: Random,
): Difference {
  if (!truth.isAnomaly.includes(1)) throw new Error("there are no anomalies to compare detectors on");
  const ours = scores.map((one) => rankingOf(one, truth, blocks));
  const theirs = others.map((one) => rankingOf(one, truth, blocks));
  const differences = new Float64Array(REPETITIONS);
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    const [a, b] = [ours[repetition % ours.length], theirs[repetition % theirs.length]];
    if (a === undefined || b === undefined) throw new Error("there are no scores to compare");
    let difference: number;
    do {
      const times = draw(blocks, random);
      difference = averagePrecisionOf(a, times) - averagePrecisionOf(b, times);
    } while (Number.isNaN(difference));
    differences[repetition] = difference;
  }
  differences.sort();
  const at = (share: number) => differences[Math.round(share * (REPETITIONS - 1))] ?? Number.NaN;
  const mean = differences.reduce((sum, difference) => sum + difference, 0) / REPETITIONS;
  return { mean, low: at(0.025), high: at(0.975) };
}

/** Units by score, highest first; those of the same score, block and label are one cell. */
interface CellRanking {
  readonly block: Uint32Array;
  readonly anomalies: Float64Array;
  readonly normals: Float64Array;
  /** 1 where the next cell has a lower score. */
  readonly isLastOfScore: Uint8Array;
}

function rankingOf(scores: Float64Array, truth: Truth, { blockOf }: Blocks): CellRanking {
  const order = Uint32Array.from(scores.keys()).sort(
    (a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || (blockOf[a] ?? 0) - (blockOf[b] ?? 0),
  );
  const cells: { score: number; block: number; anomalies: number; normals: number }[] = [];
  for (const unit of order) {
    const [score, block] = [scores[unit] ?? 0, blockOf[unit] ?? 0];
    let cell = cells.at(-1);
    if (cell?.score !== score || cell.block !== block) {
      cell = { score, block, anomalies: 0, normals: 0 };
      cells.push(cell);
    }
    cell[truth.isAnomaly[unit] === 1 ? "anomalies" : "normals"] += truth.weights[unit] ?? 0;
  }
  return {
    block: Uint32Array.from(cells, ({ block }) => block),
    anomalies: Float64Array.from(cells, ({ anomalies }) => anomalies),
    normals: Float64Array.from(cells, ({ normals }) => normals),
    isLastOfScore: Uint8Array.from(cells, ({ score }, i) => (cells[i + 1]?.score === score ? 0 : 1)),
  };
}

/** How often each block was drawn. */
function draw({ strata }: Blocks, random: Random): Uint32Array {
  const times = new Uint32Array(strata.reduce((sum, [, count]) => sum + count, 0));
  for (const [first, count] of strata)
    for (let i = 0; i < count; i++) {
      const block = first + random.int(0, count - 1);
      times[block] = (times[block] ?? 0) + 1;
    }
  return times;
}

/** Average precision of a draw, ties as one step; NaN for a draw without anomalies. */
function averagePrecisionOf(ranking: CellRanking, times: Uint32Array): number {
  const { block, anomalies, normals, isLastOfScore } = ranking;
  let [area, truePositives, falsePositives, before] = [0, 0, 0, 0];
  for (let cell = 0; cell < block.length; cell++) {
    const drawn = times[block[cell] ?? 0] ?? 0;
    truePositives += drawn * (anomalies[cell] ?? 0);
    falsePositives += drawn * (normals[cell] ?? 0);
    if (isLastOfScore[cell] === 0 || truePositives === before) continue;
    area += ((truePositives - before) * truePositives) / (truePositives + falsePositives);
    before = truePositives;
  }
  return area / truePositives;
}
