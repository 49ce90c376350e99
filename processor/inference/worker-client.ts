import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { EventScorer, ScoringBatch } from "../detect/event-scorer.ts";
import type { TextEncoder } from "../detect/text-encoder.ts";
import type { ModelDirectory } from "./model-directory.ts";
import { ModelError } from "./model-directory.ts";
import { buffersOf, packRows } from "./pack-rows.ts";
import type { SessionAnswer, SessionCall, WorkerData } from "./session-calls.ts";
import { createTableCalls } from "./table-calls.ts";

/** How a scorer runs. */
export interface ScorerOptions {
  /** Threads of one model run. */
  readonly threads: number;
  /** Rows that may wait; over it a batch is rejected at once. */
  readonly maxWaitingRows: number;
  /** Told when the model's thread has died; another one is started. */
  readonly onDeath: (reason: string) => void;
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

interface Job {
  readonly call: Question;
  readonly resolve: (answer: SessionAnswer) => void;
  readonly reject: (reason: unknown) => void;
}

/** A thread that dies again at once is not started again before this. */
const RESTART_DELAY_MS = 1_000;

/**
 * Loads the model in a thread of its own, because a run blocks its thread; what arrives during a run waits for the next.
 * Rejects with a {@link ModelError} when the graph cannot be loaded.
 */
export async function startScorer(model: ModelDirectory, options: ScorerOptions): Promise<RunningScorer> {
  const queue = createQueue(options.maxWaitingRows);
  const thread = await startThread(model, options, queue);
  return {
    version: model.version,
    eventsMax: model.eventsMax,
    residual: (service, template) => model.residuals.get(service)?.get(template),
    async score(batch, signal) {
      const answer = await queue.add({ kind: "score", batch }, signal);
      if (answer.kind !== "scores") throw new Error("the model's thread gave no scores");
      return answer.scores;
    },
    encoder: encoderOf(model, queue),
    close: thread.close,
  };
}

function encoderOf({ textDimensions: dimensions }: ModelDirectory, queue: Queue): TextEncoder {
  return {
    dimensions,
    async encode(texts, signal) {
      if (texts.length === 0) return [];
      const answer = await queue.add({ kind: "encode", texts }, signal);
      if (answer.kind !== "vectors") throw new Error("the model's thread gave no vectors");
      return texts.map((_, index) => answer.vectors.slice(index * dimensions, (index + 1) * dimensions));
    },
  };
}

/** How much a call weighs among those that wait: its events, or its texts. */
function rowsOf(call: Question): number {
  return call.kind === "score" ? call.batch.rows.length : call.texts.length;
}

interface Queue {
  add(call: Question, signal: AbortSignal): Promise<SessionAnswer>;
  /** The next job whose caller still waits. */
  next(): Job | undefined;
  /** Called whenever a job has been added. */
  onAdded: () => void;
  rejectAll(reason: Error): void;
}

function createQueue(maxWaitingRows: number): Queue {
  const waiting = new Set<Job>();
  let waitingRows = 0;

  const remove = (job: Job) => {
    if (waiting.delete(job)) waitingRows -= rowsOf(job.call);
  };
  const queue: Queue = {
    onAdded: () => undefined,
    add(call, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<SessionAnswer>();
      if (signal.aborted) return Promise.reject(signal.reason);
      if (waitingRows + rowsOf(call) > maxWaitingRows)
        return Promise.reject(new Error(`more than ${maxWaitingRows} events wait for the model`));
      const job = { call, resolve, reject };
      const onAbort = () => {
        remove(job);
        reject(signal.reason);
      };
      signal.addEventListener("abort", onAbort, { once: true });
      waiting.add(job);
      waitingRows += rowsOf(call);
      queue.onAdded();
      return promise.finally(() => signal.removeEventListener("abort", onAbort));
    },
    next() {
      const [job] = waiting;
      if (job !== undefined) remove(job);
      return job;
    },
    rejectAll(reason) {
      for (const job of waiting) job.reject(reason);
      waiting.clear();
      waitingRows = 0;
    },
  };
  return queue;
}

async function startThread(model: ModelDirectory, options: ScorerOptions, queue: Queue) {
  let worker = await spawn(model, options.threads);
  let running: Job | undefined;
  let isClosing = false;
  let isDead = false;
  const tables = createTableCalls();

  const post = (call: Question) => {
    if (call.kind === "encode") return worker.postMessage(call satisfies SessionCall);
    const rows = packRows(call.batch.rows);
    const table = tables.callFor(call.batch.table);
    worker.postMessage({ kind: "score", table, rows } satisfies SessionCall, buffersOf(rows));
  };
  const runNext = () => {
    if (running !== undefined || isDead) return;
    running = queue.next();
    if (running !== undefined) post(running.call);
    else if (isClosing) worker.postMessage({ kind: "close" } satisfies SessionCall);
  };
  const onAnswer = (answer: SessionAnswer) => {
    const job = running;
    running = undefined;
    if (answer.kind === "failed") {
      tables.reset();
      job?.reject(new Error(`the model failed: ${answer.message}`));
    } else job?.resolve(answer);
    runNext();
  };
  const onExit = () => {
    isDead = true;
    const reason = new Error("the model's thread has died");
    running?.reject(reason);
    running = undefined;
    queue.rejectAll(reason);
    if (isClosing) return;
    options.onDeath(reason.message);
    setTimeout(() => void restart(), RESTART_DELAY_MS).unref();
  };
  const restart = async () => {
    if (isClosing) return;
    try {
      worker = await spawn(model, options.threads);
      tables.reset();
      isDead = false;
      attach();
      runNext();
    } catch (error) {
      options.onDeath(error instanceof Error ? error.message : String(error));
      setTimeout(() => void restart(), RESTART_DELAY_MS).unref();
    }
  };
  const attach = () => {
    worker.on("message", onAnswer);
    worker.on("error", (error) => options.onDeath(error.message));
    worker.on("exit", onExit);
  };

  attach();
  queue.onAdded = () => {
    if (isDead || isClosing) queue.rejectAll(new Error("the model's thread is not running"));
    else runNext();
  };
  return {
    async close() {
      if (isClosing) return;
      isClosing = true;
      if (isDead) return;
      const exited = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
      runNext();
      await exited;
    },
  };
}

/** A worker that has loaded the graphs. */
function spawn({ graphs, textDimensions, width }: ModelDirectory, threads: number): Promise<Worker> {
  const url = new URL(`./worker${extname(import.meta.filename)}`, import.meta.url);
  const workerData: WorkerData = { graphs, textDimensions, width, threads };
  const worker = new Worker(url, { workerData });
  return new Promise((resolve, reject) => {
    const fail = (reason: string) =>
      reject(
        new ModelError(
          `the model ${graphs.events} cannot be loaded: ${reason}`,
          "name another model directory by inference.model or LOGBERT_MODEL",
        ),
      );
    const onExit = () => fail("its thread ended");
    const onError = (error: Error) => fail(error.message);
    worker.once("exit", onExit).once("error", onError);
    worker.once("message", (answer: SessionAnswer) => {
      worker.off("exit", onExit).off("error", onError);
      if (answer.kind === "failed") fail(answer.message);
      else resolve(worker);
    });
  });
}
