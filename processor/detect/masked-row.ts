import type { EventCode } from "./event-code.ts";
import type { MaskedRow } from "./event-scorer.ts";

/** A window as the model reads it. */
export interface ReadWindow {
  /** Whether a begin token stands before its first event. */
  readonly isStart: boolean;
  /** Position in the table of each event's template. */
  readonly ids: readonly number[];
  /** What the model sees beside. */
  readonly codes: readonly EventCode[];
}

/**
 * The model's view of the place of one event (or, for `event` = ids.length, of the session's end): the events before it, at
 * most `eventsMax` with it. What came after it is not shown: at the time of the verdict it has not
 * happened.
 */
export function maskedRow(window: ReadWindow, event: number, eventsMax: number): MaskedRow {
  const { from, begins } = contextOf(window, event, eventsMax);
  return { ids: window.ids.slice(from, event), codes: window.codes.slice(from, event), begins };
}

/** What the model is shown before a masked place. */
export interface Context {
  /** The first event. */
  readonly from: number;
  /** Whether the begin of the session stands before it. */
  readonly begins: boolean;
}

/** @param event the masked one; `ids.length` for the session's end */
export function contextOf({ isStart, ids }: ReadWindow, event: number, eventsMax: number): Context {
  const from = Math.max(0, (event === ids.length ? event : event + 1) - eventsMax);
  return { from, begins: isStart && from === 0 };
}
