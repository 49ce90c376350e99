import type { Finding } from "../calibrate/verdict.ts";
import type { SequenceWindow } from "../window/sequence-window.ts";
import { createModelFollower } from "./follow-model.ts";
import { createRunFollower } from "./follow-runs.ts";
import type { LearningOptions, LearningPorts } from "./learning-ports.ts";
import { createTurns } from "./turns.ts";

/** What of a stage goes on in its background: it records what may be learned from, trains when it is asked to, and swaps weights. */
export interface Learning {
  /** Acknowledged windows with what was found in them; never waits, never throws. */
  record(windows: readonly SequenceWindow[], findings: readonly Finding[]): void;
  /** Writes down what was recorded. Rejects with the file system's error, or the store's. */
  flush(): Promise<void>;
  /** Does what people have asked for since the last call: begins a training, goes back to other weights. Rejects with the store's error. */
  follow(): Promise<void>;
  /** Puts a training in progress back into the queue, and writes down what was recorded. */
  stop(): Promise<void>;
}

export function createLearning(ports: LearningPorts, options: LearningOptions): Learning {
  const { store, recorder } = ports;
  /** Weights are changed by a run that ends and by people: one at a time. */
  const inTurn = createTurns();
  const model = createModelFollower(ports);
  const runs = createRunFollower(ports, inTurn, options);
  let seen: number | undefined;

  return {
    record: recorder.record,
    flush: recorder.flush,
    async follow() {
      const counter = await store.changeCounter();
      const isNews = counter !== seen;
      if (isNews || model.isDue()) await inTurn(model.follow);
      if ((isNews || runs.isWatching()) && (await runs.follow())) seen = counter;
    },
    async stop() {
      await runs.stop();
      await recorder.close();
    },
  };
}
