import { extname } from "node:path";
import type { CandidateTable, EventScorer, ScoringBatch } from "../detect/event-scorer.ts";
import type { TextEncoder } from "../detect/text-encoder.ts";
import type { ModelDirectory } from "./model-directory.ts";
import {
  type ModelThread,
  startModelThread,
  type ThreadOptions,
  type ThreadProtocol,
} from "./model-thread.ts";
import { buffersOf, packRuns, type RowOfTable } from "./pack-runs.ts";
import type { SessionAnswer, SessionCall, WorkerData } from "./session-calls.ts";
import { createTableCalls } from "./table-calls.ts";

/** How a scorer runs. */
export interface ScorerOptions extends ThreadOptions {
  /** Threads of one model run. */
  readonly threads: number;
}

/** A scorer with its text encoder, and a thread to give back. */
export interface RunningScorer extends EventScorer {
  /** Where the vectors of the scorer's tables come from. */
  readonly encoder: TextEncoder;
  /** Lets a run in progress finish, then ends the thread. */
  close(): Promise<void>;
}

/** What the thread is asked for. */
type Question =
  | { readonly kind: "score"; readonly batch: ScoringBatch }
  | { readonly kind: "encode"; readonly texts: readonly string[] };

/** Loads the event model in a thread of its own. Rejects with a ModelError when the graphs cannot be loaded. */
export async function startScorer(model: ModelDirectory, options: ScorerOptions): Promise<RunningScorer> {
  const thread = await startModelThread<Question, SessionAnswer>(protocolOf(model, options.threads), options);
  return {
    version: model.version,
    eventsMax: model.eventsMax,
    residual: (service, template) => model.residuals.get(service)?.get(template),
    async score(batch, signal) {
      const answer = await thread.ask({ kind: "score", batch }, signal);
      if (answer.kind !== "scores") throw new Error("the model's thread gave no scores");
      return answer.scores;
    },
    encoder: encoderOf(model, thread),
    close: thread.close,
  };
}

function encoderOf(
  { textDimensions: dimensions }: ModelDirectory,
  thread: ModelThread<Question, SessionAnswer>,
): TextEncoder {
  return {
    dimensions,
    async encode(texts, signal) {
      if (texts.length === 0) return [];
      const answer = await thread.ask({ kind: "encode", texts }, signal);
      if (answer.kind !== "vectors") throw new Error("the model's thread gave no vectors");
      return texts.map((_, index) => answer.vectors.slice(index * dimensions, (index + 1) * dimensions));
    },
  };
}

function protocolOf(
  { graphs, textDimensions, width }: ModelDirectory,
  threads: number,
): ThreadProtocol<Question, SessionAnswer> {
  const tables = createTableCalls();
  const workerData: WorkerData = { graphs, textDimensions, width, threads };
  return {
    file: new URL(`./worker${extname(import.meta.filename)}`, import.meta.url),
    workerData,
    graph: graphs.events,
    remedy: "name another model directory by inference.model or LOGBERT_MODEL",
    rowsOf: (question) => (question.kind === "score" ? question.batch.rows.length : question.texts.length),
    together: { joins: (taken, other) => goTogether(taken, other, textDimensions), split: splitScores },
    send(worker, questions) {
      const [first] = questions;
      if (first === undefined) return;
      if (first.kind === "encode") return worker.postMessage(first satisfies SessionCall);
      const batches = questions.flatMap((one) => (one.kind === "score" ? [one.batch] : []));
      const { used, rows } = byTable(batches, textDimensions);
      const runs = packRuns(rows);
      const call: SessionCall = { kind: "score", tables: used.map(tables.callFor), runs };
      worker.postMessage(call, buffersOf(runs));
    },
    reset: tables.reset,
  };
}

/** Candidates of one call, unless one table alone has more: what a row weighs that chooses between twenty, all are compared with it. */
const JOINED_CANDIDATES_MAX = 1_024;

/** Rows of several services, or of requests of one record each, cost half together of what they cost one by one. */
function goTogether(taken: readonly Question[], other: Question, textDimensions: number): boolean {
  const batches = [...taken, other].flatMap((one) => (one.kind === "score" ? [one.batch] : []));
  if (batches.length <= taken.length) return false;
  const used = new Set(batches.map(({ table }) => table));
  let candidates = 0;
  for (const { vectors } of used) candidates += vectors.length / textDimensions;
  return used.size === 1 || candidates <= JOINED_CANDIDATES_MAX;
}

/** The batches' tables, each once, and their rows in order. */
function byTable(
  batches: readonly ScoringBatch[],
  textDimensions: number,
): { readonly used: readonly CandidateTable[]; readonly rows: readonly RowOfTable[] } {
  const places = new Map<CandidateTable, { readonly table: number; readonly offset: number }>();
  let offset = 0;
  for (const { table } of batches) {
    if (places.has(table)) continue;
    places.set(table, { table: places.size, offset });
    offset += table.vectors.length / textDimensions;
  }
  const rows = batches.flatMap(({ table, rows: own }) =>
    own.map((row) => ({ row, ...(places.get(table) ?? { table: 0, offset: 0 }) })),
  );
  return { used: [...places.keys()], rows };
}

function splitScores(answer: SessionAnswer, questions: readonly Question[]): readonly SessionAnswer[] {
  if (answer.kind !== "scores") return [];
  let from = 0;
  return questions.map((question) => {
    const to = from + (question.kind === "score" ? question.batch.rows.length : 0);
    const scores = answer.scores.slice(from, to);
    from = to;
    return { kind: "scores", scores };
  });
}
