import type { LogEvent, SequenceWindow } from "../window/sequence-window.ts";
import type { ServiceChoice } from "./choice.ts";
import type { EventCode } from "./event-code.ts";
import type { MemorisedScores } from "./memorised-scores.ts";
import { placeOf } from "./places.ts";
import type { PredictedBatch } from "./predicted-batch.ts";
import type { UnknownPlaces } from "./unknown-places.ts";
import type { WaitingSurprises } from "./waiting-surprises.ts";

/** What answers are made of. */
export interface AnsweringPorts {
  readonly memory: MemorisedScores;
  readonly surprises: WaitingSurprises;
  readonly codeOf: (service: string, event: LogEvent) => EventCode;
}

/** Tells of one service's places what is remembered, and puts the others among the unknown ones. */
export type AnswerFromMemory = (choice: ServiceChoice, batch: PredictedBatch, unknown: UnknownPlaces) => void;

export function createAnswering({ memory, surprises, codeOf }: AnsweringPorts): AnswerFromMemory {
  const answerWindow = (
    window: SequenceWindow,
    index: number,
    ids: readonly number[],
    of: ServiceChoice,
    batch: PredictedBatch,
    unknown: UnknownPlaces,
  ): void => {
    const { service, candidates, choice } = of;
    const { events, freshFrom, isStart, isClosed } = window;
    const read = { isStart, ids, codes: events.map((event) => codeOf(service, event)) };
    const end = events.length + (isClosed ? 1 : 0);
    const hashes = memory.hashes(choice, read, freshFrom, end);
    const own = surprises.open(window, batch.opinions.model);
    for (let event = freshFrom; event < end; event += 1) {
      const answer = ids[event] ?? choice.size;
      const offset = event - freshFrom;
      const asked = { window: read, event, hash: hashes[offset] ?? 0 };
      const at = placeOf(batch.places, index, event);
      // Before the next wait: other weights may be in use after it, to which other surprises are usual.
      const usual = candidates.usualSurprise(answer);
      const place = { at, answer, usual, own, offset };
      const known = memory.recall(choice, asked);
      if (known === undefined) unknown.add(asked, place);
      else batch.tell(place, known);
    }
  };

  return (of, batch, unknown) => {
    for (const [at, index] of of.indexes.entries()) {
      const window = batch.places.windows[index];
      if (window !== undefined) answerWindow(window, index, of.choice.ids[at] ?? [], of, batch, unknown);
    }
  };
}
