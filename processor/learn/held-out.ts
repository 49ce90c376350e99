import { rowScore } from "../inference/row-score.ts";
import type { RowScorer } from "../inference/training-session.ts";
import type { BatchShape } from "./batches.ts";
import type { Sequence } from "./corpus.ts";
import { windowAt } from "./draw-window.ts";
import { createRowBlock, maskPosition, writeRow } from "./row-block.ts";
import { endsOf } from "./units.ts";

/** Events of held-out sequences (and ends of sessions), each to be guessed from the up to 19 before it, as in scoring. */
export interface Questions {
  /** Events asked for, over all services. */
  readonly count: number;
  readonly services: readonly {
    readonly service: number;
    readonly templates: number;
    readonly asked: readonly Question[];
  }[];
}

/** Questions that the model cannot tell apart are one. */
interface Question {
  readonly sequence: Sequence;
  readonly end: number;
  count: number;
}

/** How well events were guessed. */
export interface HeldOutScore {
  /** Mean of -ln p over the events, in nats. */
  readonly loss: number;
  /** Share of the events that were the most probable candidate, or among the three most probable. */
  readonly top1: number;
  readonly top3: number;
}

const ROWS_PER_RUN = 64;

/** At most `questionsMax` events, spread evenly over the services' sequences. */
export function askHeldOut(
  services: readonly { readonly sequences: readonly Sequence[]; readonly templates: number }[],
  questionsMax: number,
): Questions {
  const all = services.reduce((sum, { sequences }) => sum + sequences.reduce((n, s) => n + endsOf(s), 0), 0);
  const count = Math.min(all, questionsMax);
  let passed = 0;
  let next = 0;
  const asked = services.map(({ sequences, templates }, service) => {
    const questions = new Map<string, Question>();
    for (const sequence of sequences) {
      const after = passed + endsOf(sequence);
      for (; next < count && placeOf(next, all, count) < after; next += 1) {
        const end = placeOf(next, all, count) - passed + 1;
        const key = keyOf(sequence, end);
        const same = questions.get(key);
        if (same === undefined) questions.set(key, { sequence, end, count: 1 });
        else same.count += 1;
      }
      passed = after;
    }
    return { service, templates, asked: [...questions.values()] };
  });
  return { count, services: asked.filter((one) => one.asked.length > 0) };
}

/** Asks a model; `vectorsOf` and `residualOf` give a service's text vectors and residual rows. */
export async function scoreHeldOut(
  questions: Questions,
  scorer: RowScorer,
  shape: Pick<BatchShape, "positions" | "features">,
  vectorsOf: (service: number) => Float32Array,
  residualOf: (service: number) => Float32Array,
): Promise<HeldOutScore> {
  const sums = { loss: 0, top1: 0, top3: 0 };
  for (const { service, templates, asked } of questions.services) {
    const candidates = await scorer.candidates(vectorsOf(service), residualOf(service));
    for (let from = 0; from < asked.length; from += ROWS_PER_RUN) {
      const run = asked.slice(from, from + ROWS_PER_RUN);
      const { block, at, targets } = rowsOf(run, templates, shape);
      const logits = await scorer.logits(candidates, block, at);
      for (const [row, { count }] of run.entries()) {
        const target = targets[row] ?? 0;
        const { surprise, expected } = rowScore(
          logits.subarray(row * (templates + 1), (row + 1) * (templates + 1)),
          target,
        );
        sums.loss += surprise * count;
        if (expected[0]?.candidate === target) sums.top1 += count;
        if (expected.some(({ candidate }) => candidate === target)) sums.top3 += count;
      }
    }
  }
  const of = (sum: number) => sum / Math.max(1, questions.count);
  return { loss: of(sums.loss), top1: of(sums.top1), top3: of(sums.top3) };
}

function rowsOf(
  run: readonly Question[],
  templates: number,
  { positions, features }: Pick<BatchShape, "positions" | "features">,
) {
  const block = createRowBlock(run.length, positions, features);
  const at = new BigInt64Array(run.length);
  const targets = run.map(({ sequence, end }, row) => {
    const last = writeRow(block, row, windowAt(sequence, end), (template) => template) - 1;
    at[row] = BigInt(last);
    return Number(maskPosition(block, row, last, templates));
  });
  return { block, at, targets };
}

function placeOf(question: number, all: number, count: number): number {
  return Math.floor(((question + 0.5) * all) / count);
}

/** Equal where the rows are. */
function keyOf(sequence: Sequence, end: number): string {
  const { events, begins, ends } = windowAt(sequence, end);
  const codes = events.map((event) =>
    [sequence.templates[event], sequence.severities[event], sequence.gaps[event]?.toFixed(1)].join(","),
  );
  return `${begins}${ends}${codes.join(" ")}`;
}
