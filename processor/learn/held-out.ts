import type { AnswerSurprises } from "../detect/event-scorer.ts";
import { mostExpected } from "../detect/most-expected.ts";
import { softmaxSurprises } from "../inference/softmax-surprises.ts";
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
    /** For each event asked for: its place in `asked`, and the number of its cluster within the service. */
    readonly drawn: Uint32Array;
    readonly clusters: Uint32Array;
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

/** What a model makes of questions. */
export interface Answers {
  readonly score: HeldOutScore;
  /** For each of the questions' services: -ln p of each event asked for, in nats. */
  readonly losses: readonly Float64Array[];
}

/** What questions are drawn from: the held-out part of one service. */
export interface HeldOutPart {
  readonly sequences: readonly Sequence[];
  readonly templates: number;
}

const ROWS_PER_RUN = 64;
/** Events of one sequence that lie in a cluster: three windows and more, so that clusters hardly depend on each other. */
const CLUSTER_EVENTS = 64;

/** At most `questionsMax` events, spread evenly over the services' sequences. */
export function askHeldOut(services: readonly HeldOutPart[], questionsMax: number): Questions {
  const all = services.reduce((sum, { sequences }) => sum + endsIn(sequences), 0);
  const count = Math.min(all, questionsMax);
  let passed = 0;
  let next = 0;
  const asked = services.map(({ sequences, templates }, service) => {
    const questions = new Map<string, Question & { readonly place: number }>();
    const drawn: number[] = [];
    const clusters: number[] = [];
    let firstCluster = 0;
    for (const sequence of sequences) {
      const after = passed + endsOf(sequence);
      for (; next < count && placeOf(next, all, count) < after; next += 1) {
        const end = placeOf(next, all, count) - passed + 1;
        const key = keyOf(sequence, end);
        const question = questions.get(key) ?? { sequence, end, count: 0, place: questions.size };
        question.count += 1;
        questions.set(key, question);
        drawn.push(question.place);
        clusters.push(firstCluster + Math.floor((end - 1) / CLUSTER_EVENTS));
      }
      passed = after;
      firstCluster += Math.ceil(endsOf(sequence) / CLUSTER_EVENTS);
    }
    const places = { drawn: Uint32Array.from(drawn), clusters: Uint32Array.from(clusters) };
    return { service, templates, asked: [...questions.values()], ...places };
  });
  return { count, services: asked.filter((one) => one.asked.length > 0) };
}

/** At most `questionsMax` events, of each service as many as of the others as far as it has them. */
export function askEachService(services: readonly HeldOutPart[], questionsMax: number): Questions {
  const sizes = services.map(({ sequences }) => endsIn(sequences));
  const smallestFirst = [...services.entries()].toSorted(([a], [b]) => (sizes[a] ?? 0) - (sizes[b] ?? 0));
  let left = questionsMax;
  const asked = smallestFirst.map(([service, part], rank) => {
    const own = askHeldOut([part], Math.floor(left / (services.length - rank)));
    left -= own.count;
    return own.services.map((one) => ({ ...one, service }));
  });
  return { count: questionsMax - left, services: asked.flat() };
}

/** Asks a model; `vectorsOf` and `residualOf` give a service's text vectors and residual rows. */
export async function scoreHeldOut(
  questions: Questions,
  scorer: RowScorer,
  shape: Pick<BatchShape, "positions" | "features">,
  vectorsOf: (service: number) => Float32Array,
  residualOf: (service: number) => Float32Array,
): Promise<Answers> {
  const sums = { loss: 0, top1: 0, top3: 0 };
  const losses: Float64Array[] = [];
  for (const { service, templates, asked, drawn } of questions.services) {
    const surprises = new Float64Array(asked.length);
    const candidates = await scorer.candidates(vectorsOf(service), residualOf(service));
    for (let from = 0; from < asked.length; from += ROWS_PER_RUN) {
      const run = asked.slice(from, from + ROWS_PER_RUN);
      const { block, at, targets } = rowsOf(run, templates, shape);
      const logits = await scorer.logits(candidates, block, at);
      for (const [row, { count }] of run.entries()) {
        const answers = logits.subarray(row * (templates + 1), (row + 1) * (templates + 1));
        const { surprise, rank } = standing(softmaxSurprises(answers), targets[row] ?? 0);
        surprises[from + row] = surprise;
        sums.loss += surprise * count;
        sums.top1 += rank === 0 ? count : 0;
        sums.top3 += rank >= 0 ? count : 0;
      }
    }
    losses.push(Float64Array.from(drawn, (place) => surprises[place] ?? Number.NaN));
  }
  const of = (sum: number) => sum / Math.max(1, questions.count);
  return { score: { loss: of(sums.loss), top1: of(sums.top1), top3: of(sums.top3) }, losses };
}

/** How surprising the target was, and its place among the three that were most expected; -1 where it is none of them. */
function standing(surprises: AnswerSurprises, target: number) {
  const rank = mostExpected(surprises).findIndex(({ answer }) => answer === target);
  return { surprise: surprises[target] ?? Number.NaN, rank };
}

function endsIn(sequences: readonly Sequence[]): number {
  return sequences.reduce((sum, sequence) => sum + endsOf(sequence), 0);
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
