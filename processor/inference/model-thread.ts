import { Worker } from "node:worker_threads";
import { ModelError } from "./model-directory.ts";
import {
  createModelQueue,
  type Job,
  type ModelQueue,
  type QueueOptions,
  type QueueProtocol,
} from "./model-queue.ts";
import type { CloseCall, ThreadNotice } from "./serve-thread.ts";

/** How a model's thread is used. */
export interface ThreadOptions extends QueueOptions {
  /** A thread that answers nothing for so long, in milliseconds, hangs: it is left behind, and another one started; undefined: it
   * is waited for for ever. */
  readonly callMsMax?: number;
  /** Told when the model's thread has died; another one is started. */
  readonly onDeath: (reason: string) => void;
}

/** What the thread runs, and how it is spoken to. */
export interface ThreadProtocol<Question, Answer> extends QueueProtocol<Question, Answer> {
  /** A module that serves a session; see serve-thread.ts. */
  readonly file: URL;
  readonly workerData: unknown;
  /** The model's file and what to do when it cannot be used, for errors. */
  readonly graph: string;
  readonly remedy: string;
  /** Sends questions as the one call that the thread understands: several only where they go together. */
  send(worker: Worker, questions: readonly Question[]): void;
  /** Called when the thread may have forgotten what it was sent: it has failed, or is another one. */
  reset(): void;
}

/** A model in a thread of its own. */
export interface ModelThread<Question, Answer> {
  /** Rejects when the model fails or is overloaded, or the signal aborts. */
  ask(question: Question, signal: AbortSignal): Promise<Answer>;
  /** Lets a run in progress finish, then ends the thread. */
  close(): Promise<void>;
}

/** A thread that dies again at once is not started again before this. */
const RESTART_DELAY_MS = 1_000;
/** Threads that hang and have been left behind; over it no other one is started until one of them comes back. */
const LEFT_BEHIND_MAX = 2;

/**
 * Loads a model in a thread of its own, because a run blocks its thread; what arrives during a run waits for the next, and goes
 * there together.
 * Rejects with a {@link ModelError} when the model cannot be loaded.
 */
export async function startModelThread<Question, Answer extends { readonly kind: string }>(
  protocol: ThreadProtocol<Question, Answer>,
  options: ThreadOptions,
): Promise<ModelThread<Question, Answer>> {
  const queue = createModelQueue<Question, Answer>(options, protocol);
  const thread = await startThread(protocol, options, queue);
  return { ask: queue.add, close: thread.close };
}

async function startThread<Question, Answer extends { readonly kind: string }>(
  protocol: ThreadProtocol<Question, Answer>,
  options: ThreadOptions,
  queue: ModelQueue<Question, Answer>,
) {
  let worker = await spawn(protocol);
  /** Resolves when the thread has ended, or has been left behind. */
  let gone = Promise.withResolvers<void>();
  const running: Job<Question, Answer>[] = [];
  let isClosing = false;
  let isDead = false;
  const lost = createLostThreads();
  const watchdog = createWatchdog(options.callMsMax, () => {
    lost.leave(worker);
    onExit();
  });

  const runNext = () => {
    while (running.length === 0 && !isDead) {
      const jobs = queue.next();
      if (jobs.length === 0) {
        if (isClosing) worker.postMessage({ kind: "close" } satisfies CloseCall);
        return;
      }
      if (!isSent(protocol, worker, jobs)) continue;
      running.push(...jobs);
      watchdog.begin();
    }
  };
  const onAnswer = (answer: Answer | ThreadNotice) => {
    watchdog.end();
    queue.finished();
    tellAnswer(protocol, answer, running.splice(0));
    runNext();
  };
  const onExit = () => {
    watchdog.end();
    isDead = true;
    gone.resolve();
    const reason = new Error("the model's thread has died");
    rejectAll(running.splice(0), reason);
    queue.rejectAll(reason);
    if (isClosing) return;
    options.onDeath(reason.message);
    restartLater();
  };
  const restartLater = () => setTimeout(() => void restart(), RESTART_DELAY_MS).unref();
  const restart = async () => {
    if (isClosing) return;
    try {
      if (lost.areTooMany()) throw new Error("its threads hang");
      worker = await spawn(protocol);
      gone = Promise.withResolvers();
      protocol.reset();
      isDead = false;
      attach();
      runNext();
    } catch (error) {
      options.onDeath(error instanceof Error ? error.message : String(error));
      restartLater();
    }
  };
  const attach = () => {
    worker.on("message", onAnswer).on("exit", onExit);
    worker.on("error", (error) => options.onDeath(error.message));
  };

  attach();
  queue.onAdded = () => {
    if (isDead || isClosing) queue.rejectAll(new Error("the model's thread is not running"));
    // What is asked in the same moment goes together.
    else queueMicrotask(runNext);
  };
  return {
    async close() {
      if (isClosing) return;
      isClosing = true;
      if (isDead) return;
      runNext();
      await gone.promise;
    },
  };
}

/** Threads that hang. They are not terminated: one that is ended within a run of the model takes the whole process with it. */
function createLostThreads() {
  let count = 0;
  return {
    areTooMany: () => count > LEFT_BEHIND_MAX,
    leave(worker: Worker) {
      count += 1;
      worker.removeAllListeners();
      // What it says or throws when it comes back is of no use to anybody.
      worker
        .on("error", () => undefined)
        .once("exit", () => {
          count -= 1;
        });
      worker.postMessage({ kind: "close" } satisfies CloseCall);
      worker.unref();
    },
  };
}

/** Calls when what began has not ended in time. */
function createWatchdog(patienceMs: number | undefined, onLate: () => void) {
  let timer: NodeJS.Timeout | undefined;
  return {
    begin() {
      if (patienceMs !== undefined) timer = setTimeout(onLate, patienceMs).unref();
    },
    end: () => clearTimeout(timer),
  };
}

/** Sends the jobs' questions; jobs whose questions cannot be sent are rejected. */
function isSent<Question, Answer>(
  protocol: ThreadProtocol<Question, Answer>,
  worker: Worker,
  jobs: readonly Job<Question, Answer>[],
): boolean {
  try {
    protocol.send(
      worker,
      jobs.map(({ question }) => question),
    );
    return true;
  } catch (reason) {
    // What it was about to be sent counted as sent already.
    protocol.reset();
    rejectAll(jobs, reason);
    return false;
  }
}

/** Of a notice nothing but a failure can be told. */
function tellAnswer<Question, Answer extends { readonly kind: string }>(
  protocol: ThreadProtocol<Question, Answer>,
  answer: Answer | ThreadNotice,
  jobs: readonly Job<Question, Answer>[],
): void {
  if (isNotice(answer)) {
    protocol.reset();
    const reason = "message" in answer ? answer.message : "it was loaded again";
    rejectAll(jobs, new Error(`the model failed: ${reason}`));
  } else answerAll(protocol, answer, jobs);
}

function answerAll<Question, Answer>(
  { together }: ThreadProtocol<Question, Answer>,
  answer: Answer,
  jobs: readonly Job<Question, Answer>[],
): void {
  const questions = jobs.map(({ question }) => question);
  const answers = together === undefined || jobs.length === 1 ? [answer] : together.split(answer, questions);
  for (const [index, { resolve, reject }] of jobs.entries()) {
    const own = answers[index];
    if (own === undefined) reject(new Error("the model's thread left a question without an answer"));
    else resolve(own);
  }
}

function rejectAll<Question, Answer>(jobs: readonly Job<Question, Answer>[], reason: unknown): void {
  for (const { reject } of jobs) reject(reason);
}

function isNotice(answer: { readonly kind: string }): answer is ThreadNotice {
  return answer.kind === "ready" || answer.kind === "failed";
}

/** A worker that has loaded its model. */
function spawn({
  file,
  workerData,
  graph,
  remedy,
}: Pick<ThreadProtocol<never, never>, "file" | "workerData" | "graph" | "remedy">): Promise<Worker> {
  const worker = new Worker(file, { workerData });
  return new Promise((resolve, reject) => {
    const fail = (reason: string) =>
      reject(new ModelError(`the model ${graph} cannot be loaded: ${reason}`, remedy));
    const onExit = () => fail("its thread ended");
    const onError = (error: Error) => fail(error.message);
    worker.once("exit", onExit).once("error", onError);
    worker.once("message", (answer: ThreadNotice) => {
      worker.off("exit", onExit).off("error", onError);
      if (answer.kind === "failed") fail(answer.message);
      else resolve(worker);
    });
  });
}
