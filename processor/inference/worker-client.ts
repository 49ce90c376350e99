import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { EventScorer, RowScore, ScoringBatch } from "../detect/event-scorer.ts";
import type { ModelDirectory } from "./model-directory.ts";
import { ModelError } from "./model-directory.ts";
import type { SessionAnswer, SessionCall } from "./session-calls.ts";

/** How a scorer runs. */
export interface ScorerOptions {
  /** Threads of one model run. */
  readonly threads: number;
  /** Rows that may wait; over it a batch is rejected at once. */
  readonly maxWaitingRows: number;
  /** Told when the model's thread has died; another one is started. */
  readonly onDeath: (reason: string) => void;
}

/** A scorer with a thread to give back. */
export interface RunningScorer extends EventScorer {
  /** Lets a run in progress finish, then ends the thread. */
  close(): Promise<void>;
}

interface Job {
  readonly batch: ScoringBatch;
  readonly resolve: (scores: readonly RowScore[]) => void;
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
    score: (batch, signal) => queue.add(batch, signal),
    close: thread.close,
  };
}

interface Queue {
  add(batch: ScoringBatch, signal: AbortSignal): Promise<readonly RowScore[]>;
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
    if (waiting.delete(job)) waitingRows -= job.batch.rows.length;
  };
  const queue: Queue = {
    onAdded: () => undefined,
    add(batch, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<readonly RowScore[]>();
      if (signal.aborted) return Promise.reject(signal.reason);
      if (waitingRows + batch.rows.length > maxWaitingRows)
        return Promise.reject(new Error(`more than ${maxWaitingRows} events wait for the model`));
      const job = { batch, resolve, reject };
      const onAbort = () => {
        remove(job);
        reject(signal.reason);
      };
      signal.addEventListener("abort", onAbort, { once: true });
      waiting.add(job);
      waitingRows += batch.rows.length;
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

  const post = (call: SessionCall) => worker.postMessage(call);
  const runNext = () => {
    if (running !== undefined || isDead) return;
    running = queue.next();
    if (running !== undefined) post({ kind: "score", batch: running.batch });
    else if (isClosing) post({ kind: "close" });
  };
  const onAnswer = (answer: SessionAnswer) => {
    const job = running;
    running = undefined;
    if (answer.kind === "scores") job?.resolve(answer.scores);
    if (answer.kind === "failed") job?.reject(new Error(`the model failed: ${answer.message}`));
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

/** A worker that has loaded the graph. */
function spawn({ graph, textVectorDimensions }: ModelDirectory, threads: number): Promise<Worker> {
  const url = new URL(`./worker${extname(import.meta.filename)}`, import.meta.url);
  const worker = new Worker(url, { workerData: { graph, textVectorDimensions, threads } });
  return new Promise((resolve, reject) => {
    const fail = (reason: string) =>
      reject(
        new ModelError(
          `the model ${graph} cannot be loaded: ${reason}`,
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
