import { ModelBusyError } from "../detect/event-scorer.ts";

/** How much may wait for a model. */
export interface QueueOptions {
  /** Rows that may wait; over it a question is rejected at once, unless nothing waits. */
  readonly maxWaitingRows: number;
  /**
   * A question that what waits before it would keep waiting for longer, in milliseconds, is rejected at once: nobody would
   * be there to hear the answer. Undefined: however long it waits.
   */
  readonly patienceMs?: number;
}

/** What a queue must know of questions. */
export interface QueueProtocol<Question, Answer> {
  /** How much a question weighs among those that wait. */
  rowsOf(question: Question): number;
  /** Undefined where each question goes alone. */
  readonly together?: {
    /** Whether one more may go in the same call as these. */
    joins(taken: readonly Question[], other: Question): boolean;
    /** The answer to each, in their order. */
    split(answer: Answer, questions: readonly Question[]): readonly Answer[];
  };
}

/** A question, and who waits for its answer. */
export interface Job<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: unknown) => void;
}

/** Rows that go as one call, unless one question alone has more: what waits longer than such a run takes had better be dropped. */
const JOINED_ROWS_MAX = 64;
/** What earlier runs weigh after another one: the pace is that of the last few. */
const PACE_FADING = 0.8;

/** Questions that wait for a model, in the order of their arrival. */
export interface ModelQueue<Question, Answer> {
  /** Rejects with a {@link ModelBusyError} when too much waits, or with the signal's reason. */
  add(question: Question, signal: AbortSignal): Promise<Answer>;
  /** The next job whose caller still waits, and those that may go with it. */
  next(): readonly Job<Question, Answer>[];
  /** The jobs that came out last have been answered. */
  finished(): void;
  /** Called whenever a job has been added. */
  onAdded: () => void;
  rejectAll(reason: Error): void;
}

export function createModelQueue<Question, Answer>(
  { maxWaitingRows, patienceMs = Number.POSITIVE_INFINITY }: QueueOptions,
  { rowsOf, together }: QueueProtocol<Question, Answer>,
): ModelQueue<Question, Answer> {
  const waiting = new Set<Job<Question, Answer>>();
  const pace = createPace();
  let waitingRows = 0;

  const remove = (job: Job<Question, Answer>) => {
    if (waiting.delete(job)) waitingRows -= rowsOf(job.question);
  };
  const busyReason = (rows: number): string | undefined => {
    // A large question that nothing waits before is taken, else it would never be.
    if (waitingRows > 0 && waitingRows + rows > maxWaitingRows)
      return `more than ${maxWaitingRows} events wait for the model`;
    const waitMs = pace.waitMs(waitingRows);
    return waitMs > patienceMs ? `the model is busy for ${Math.round(waitMs)} ms` : undefined;
  };
  const queue: ModelQueue<Question, Answer> = {
    onAdded: () => undefined,
    add(question, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<Answer>();
      if (signal.aborted) return Promise.reject(signal.reason);
      const busy = busyReason(rowsOf(question));
      if (busy !== undefined) return Promise.reject(new ModelBusyError(busy));
      const job = { question, resolve, reject };
      const onAbort = () => {
        remove(job);
        reject(signal.reason);
      };
      signal.addEventListener("abort", onAbort, { once: true });
      waiting.add(job);
      waitingRows += rowsOf(question);
      queue.onAdded();
      return promise.finally(() => signal.removeEventListener("abort", onAbort));
    },
    next() {
      const jobs: Job<Question, Answer>[] = [];
      const questions: Question[] = [];
      let rows = 0;
      for (const job of waiting) {
        rows += rowsOf(job.question);
        const isAlone = jobs.length === 0;
        if (!isAlone && (rows > JOINED_ROWS_MAX || !together?.joins(questions, job.question))) break;
        jobs.push(job);
        questions.push(job.question);
      }
      for (const job of jobs) remove(job);
      if (jobs.length > 0) pace.begin(jobs.reduce((sum, { question }) => sum + rowsOf(question), 0));
      return jobs;
    },
    finished: pace.end,
    rejectAll(reason) {
      for (const job of waiting) job.reject(reason);
      waiting.clear();
      waitingRows = 0;
    },
  };
  return queue;
}

/** How fast the model is, as far as is known. */
function createPace() {
  let [msSum, rowsSum] = [0, 0];
  let running: { readonly rows: number; readonly sinceMs: number } | undefined;
  return {
    begin(rows: number) {
      running = { rows, sinceMs: performance.now() };
    },
    end() {
      if (running === undefined) return;
      msSum = PACE_FADING * msSum + performance.now() - running.sinceMs;
      rowsSum = PACE_FADING * rowsSum + running.rows;
      running = undefined;
    },
    /** How long it is going to be at work; 0 when nothing is known, or nothing runs. */
    waitMs(waitingRows: number): number {
      const msPerRow = msSum / Math.max(1, rowsSum);
      const ranMs = running === undefined ? 0 : performance.now() - running.sinceMs;
      return Math.max(0, (running?.rows ?? 0) * msPerRow - ranMs) + waitingRows * msPerRow;
    },
  };
}
