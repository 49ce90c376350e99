import { decodedEvent, type EventCode } from "./event-code.ts";
import { type MaskedRow, POSITION_KIND } from "./event-scorer.ts";
import { PARAMETER_FEATURES } from "./parameter-features.ts";

const NO_FEATURES: readonly number[] = new Array<number>(PARAMETER_FEATURES).fill(0);

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
 * most `eventsMax` with it, and itself masked. What came after it is not shown: at the time of the verdict it has not
 * happened.
 */
export function maskedRow(window: ReadWindow, event: number, eventsMax: number): MaskedRow {
  const { from, begins } = contextOf(window, event, eventsMax);
  const ids = begins ? [0] : [];
  const kinds: number[] = begins ? [POSITION_KIND.begin] : [];
  const severities = begins ? [0] : [];
  const gaps = begins ? [0] : [];
  const parameters = begins ? [...NO_FEATURES] : [];
  for (let i = from; i < event; i += 1) {
    const { severity, gap, features } = decodedEvent(window.codes[i] ?? 0, PARAMETER_FEATURES);
    ids.push(window.ids[i] ?? 0);
    kinds.push(POSITION_KIND.event);
    severities.push(severity);
    gaps.push(gap);
    parameters.push(...features);
  }
  const at = ids.length;
  ids.push(0);
  kinds.push(POSITION_KIND.mask);
  severities.push(0);
  gaps.push(0);
  parameters.push(...NO_FEATURES);
  return { ids, kinds, severities, gaps, parameters, at };
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
