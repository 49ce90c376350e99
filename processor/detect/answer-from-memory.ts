import type { LogEvent } from "../window/sequence-window.ts";
import type { ServiceChoice } from "./choice.ts";
import type { EventCode } from "./event-code.ts";
import type { MemorisedScores } from "./memorised-scores.ts";
import type { PredictedBatch } from "./predicted-batch.ts";
import type { ShownWindow } from "./shown-window.ts";
import type { UnknownPlaces } from "./unknown-places.ts";

/** What answers are made of. */
export interface AnsweringPorts {
  readonly memory: MemorisedScores;
  readonly codeOf: (service: string, event: LogEvent) => EventCode;
}

/** Tells of one service's places what is remembered, and puts the others among the unknown ones. */
export type AnswerFromMemory = (choice: ServiceChoice, batch: PredictedBatch, unknown: UnknownPlaces) => void;

export function createAnswering({ memory, codeOf }: AnsweringPorts): AnswerFromMemory {
  const answerWindow = (
    shown: ShownWindow,
    ids: readonly number[],
    of: ServiceChoice,
    batch: PredictedBatch,
    unknown: UnknownPlaces,
  ): void => {
    const { service, candidates, choice } = of;
    const { window, events, freshFrom, isStart, firstPlace } = shown;
    const read = { isStart, ids, codes: events.map((event) => codeOf(service, event)) };
    const end = events.length + (window.isClosed ? 1 : 0);
    const hashes = memory.hashes(choice, read, freshFrom, end);
    for (let event = freshFrom; event < end; event += 1) {
      const answer = ids[event] ?? choice.size;
      const offset = event - freshFrom;
      const asked = { window: read, event, hash: hashes[offset] ?? 0 };
      // Before the next wait: other weights may be in use after it, to which other surprises are usual.
      const usual = candidates.usualSurprise(answer);
      const place = { at: firstPlace + offset, answer, usual, event: events[event] };
      const known = memory.recall(choice, asked);
      if (known === undefined) unknown.add(asked, place);
      else batch.tell(place, known);
    }
  };

  return (of, batch, unknown) => {
    of.windows.forEach((shown, at) => {
      answerWindow(shown, of.choice.ids[at] ?? [], of, batch, unknown);
    });
  };
}
