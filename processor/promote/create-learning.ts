import type { Finding } from "../calibrate/verdict.ts";
import type { SequenceWindow } from "../window/sequence-window.ts";
import type { LearningPorts } from "./learning-ports.ts";
import { clearShelf } from "./promote.ts";
import { carryOut, clearWork } from "./training-run.ts";
import { createTurns } from "./turns.ts";
import { withoutPlaces } from "./without-places.ts";

/** What of a stage goes on in its background: it records what may be learned from, trains when it is asked to, and swaps weights. */
export interface Learning {
  /** Acknowledged windows with what was found in them; never waits, never throws. */
  record(windows: readonly SequenceWindow[], findings: readonly Finding[]): void;
  /** Writes down what was recorded. Rejects with the file system's error. */
  flush(): Promise<void>;
  /** Does what people have asked for since the last call: begins a training, goes back to other weights. Rejects with the store's error. */
  follow(): Promise<void>;
  /** Ends a training in progress as failed, and writes down what was recorded. */
  stop(): Promise<void>;
}

/** Bounds of learning. */
export interface LearningOptions {
  readonly durationMsMax: number;
  /** Trained weights that are kept, those in use among them. */
  readonly keepModels: number;
}

const STOPPED = "the stage was stopped while it ran: ask for another one";

export function createLearning(
  ports: LearningPorts,
  { durationMsMax, keepModels }: LearningOptions,
): Learning {
  const { store, scorer, recorder, shelf, log, now } = ports;
  const stopping = new AbortController();
  /** Weights are changed by a run that ends and by people: one at a time. */
  const inTurn = createTurns();
  let seen: number | undefined;
  let running: Promise<void> | undefined;

  const followModel = async () => {
    const active = await store.activeModel();
    if (active === undefined || active.version === scorer.version) return;
    try {
      const next = await ports.openModel(shelf.directoryOf(active));
      await scorer.replace(next);
      log.info({ model: active.version }, "other weights are in use");
    } catch (error) {
      const details = { model: active.version, instead: scorer.version, reason: String(error) };
      log.error(details, "weights cannot be loaded; those in use stay");
      const problem = withoutPlaces(String(error), shelf.places);
      await store.replaceUnusableModel(active.version, problem, scorer.version, now());
    }
  };
  /** Answers whether it could look: one that is asked for while another one ends waits for that. */
  const followRuns = async (): Promise<boolean> => {
    if (running !== undefined || stopping.signal.aborted) return false;
    const run = await store.openTrainingRun();
    if (run === undefined) return true;
    if (run.state !== "QUEUED") {
      await clearWork(ports);
      await store.saveTrainingRun({ ...run, state: "FAILED", message: STOPPED, finishedAtMs: now() });
      return true;
    }
    const limit = new AbortController();
    const timer = setTimeout(
      () => limit.abort("it took longer than training.max_duration_ms"),
      durationMsMax,
    );
    const signal = AbortSignal.any([stopping.signal, limit.signal]);
    running = carryOut(run, { ...ports, inTurn }, signal)
      .then(() => inTurn(() => clearShelf(ports, keepModels)))
      .catch((error: unknown) => log.error({ reason: String(error) }, "a training could not be written down"))
      .finally(() => {
        clearTimeout(timer);
        running = undefined;
      });
    return true;
  };

  return {
    record: recorder.record,
    flush: recorder.flush,
    async follow() {
      const counter = await store.changeCounter();
      if (counter === seen) return;
      await inTurn(followModel);
      if (await followRuns()) seen = counter;
    },
    async stop() {
      stopping.abort(STOPPED);
      await running;
      await recorder.flush();
    },
  };
}
