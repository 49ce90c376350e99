import type { LogEvent, SequenceWindow } from "../window/sequence-window.ts";
import type { Places } from "./places.ts";

/** What a model is shown of a window: its fresh events, and as much of what stands before them as it looks at. */
export interface ShownWindow {
  readonly window: SequenceWindow;
  readonly service: string;
  readonly events: readonly LogEvent[];
  /** Index in `events` of the first fresh event. */
  readonly freshFrom: number;
  /** Whether `events[0]` is the first of its session. */
  readonly isStart: boolean;
  /** Number of the first fresh event among the batch's places. */
  readonly firstPlace: number;
}

/** @param eventsMax most events that are shown of one place, the masked one included */
export function shownWindows({ windows, firsts }: Places, eventsMax: number): readonly ShownWindow[] {
  return windows.map((window, index) => {
    const { service, events, freshFrom, isStart } = window;
    // The end of a session is asked about behind its last event, and is none itself.
    const from = Math.max(0, Math.min(freshFrom + 1, events.length) - eventsMax);
    return {
      window,
      service,
      events: from === 0 ? events : events.slice(from),
      freshFrom: freshFrom - from,
      isStart: isStart && from === 0,
      firstPlace: firsts[index] ?? 0,
    };
  });
}
