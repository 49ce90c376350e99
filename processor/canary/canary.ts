import type { LogEvent, SequenceWindow } from "../window/sequence-window.ts";
import { createSessionTally } from "../window/session-tally.ts";

/** Events of one stream, oldest first, of which the last one is judged; at least two. */
export interface CanarySequence {
  readonly service: string;
  /** Whether `events[0]` is the first of its session. */
  readonly isStart: boolean;
  readonly events: readonly LogEvent[];
}

/** The sequence as the detectors read it. The events are copies: detectors note on an event what they found. */
export function windowOf({ service, isStart, events }: CanarySequence): SequenceWindow {
  const copies = events.map((event) => ({ ...event }));
  const session = createSessionTally();
  session.add(copies);
  return {
    service,
    stream: "",
    events: copies,
    freshFrom: copies.length - 1,
    freshRecords: [0],
    isStart,
    isClosed: false,
    session,
  };
}
