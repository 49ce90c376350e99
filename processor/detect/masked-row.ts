import { decodedEvent, type EventCode } from "./event-code.ts";
import { type MaskedRow, POSITION_KIND } from "./event-scorer.ts";
import { PARAMETER_FEATURES } from "./parameter-features.ts";

const NO_FEATURES: readonly number[] = new Array<number>(PARAMETER_FEATURES).fill(0);

/** What a key holds of an event: its candidate and its code. */
const UNITS_PER_EVENT = 3;

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

/**
 * Keys of the window's places: equal for those of which the model is shown the same row, under the same candidates. Far cheaper
 * than the rows themselves, which are only needed for what is not remembered.
 */
export function contextKeys(window: ReadWindow, eventsMax: number): (event: number) => string {
  const units: number[] = [];
  for (let i = 0; i < window.ids.length; i += 1) {
    const id = window.ids[i] ?? 0;
    // In two 16-bit units: a service may have a million candidates.
    units.push(id & 0xffff, id >>> 16, window.codes[i] ?? 0);
  }
  const text = String.fromCharCode(...units);
  return (event) => {
    const { from, begins } = contextOf(window, event, eventsMax);
    return (begins ? "^" : "") + text.slice(from * UNITS_PER_EVENT, event * UNITS_PER_EVENT);
  };
}

/** The first event that is shown before the masked one, and whether the begin of the session is shown before it. */
function contextOf({ isStart, ids }: ReadWindow, event: number, eventsMax: number) {
  const from = Math.max(0, (event === ids.length ? event : event + 1) - eventsMax);
  return { from, begins: isStart && from === 0 };
}
