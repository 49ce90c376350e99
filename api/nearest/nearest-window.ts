import { editDistance } from "./edit-distance.ts";

/** Events of a window that are compared, counted from its end: a session's window may be long. */
export const COMPARED_EVENTS_MAX = 20;

/** A sequence of messages. */
export interface TemplateSequence {
  readonly window: readonly { readonly template: string }[];
}

/** The sequence that is nearest, and how far it is. */
export interface Nearest<Sequence> {
  readonly sequence: Sequence;
  /** Events to insert, leave out or replace. */
  readonly distance: number;
}

/**
 * The sequence with the smallest edit distance over the last {@link COMPARED_EVENTS_MAX} templates; of several, the first.
 * undefined where there are none, or the window itself is empty.
 *
 * @param candidates newest first, so that of equally near ones the newest is taken
 */
export function nearestWindow<Sequence extends TemplateSequence>(
  window: TemplateSequence["window"],
  candidates: readonly Sequence[],
): Nearest<Sequence> | undefined {
  if (window.length === 0) return undefined;
  const wanted = comparedTemplates(window);
  let nearest: Nearest<Sequence> | undefined;
  for (const sequence of candidates) {
    const distance = editDistance(wanted, comparedTemplates(sequence.window));
    if (nearest === undefined || distance < nearest.distance) nearest = { sequence, distance };
    if (distance === 0) break;
  }
  return nearest;
}

function comparedTemplates(window: TemplateSequence["window"]): readonly string[] {
  return window.slice(-COMPARED_EVENTS_MAX).map(({ template }) => template);
}

/** Anomalies that follow each other within a minute are one incident. */
const APART_MS = 60_000;

/** Events with their times. */
export type TimedEvents = readonly { readonly timeMs: number }[];

/**
 * Whether two sequences lie more than a minute apart. The window a moment before an anomaly is nearly the same as its own, and
 * its events may belong to the same incident: it says nothing of what is usual. Empty ones are apart from everything.
 */
export function isApart(window: TimedEvents, other: TimedEvents): boolean {
  const [from, to] = span(window);
  const [otherFrom, otherTo] = span(other);
  return otherTo + APART_MS < from || to + APART_MS < otherFrom;
}

function span(events: TimedEvents): readonly [fromMs: number, toMs: number] {
  const times = events.map(({ timeMs }) => timeMs);
  return [Math.min(...times), Math.max(...times)];
}
