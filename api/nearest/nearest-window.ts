import { RELATED_GAP_MS } from "../../store/incident.ts";
import { editDistance } from "./edit-distance.ts";

/** Events of a window that are compared, counted from its end: a session's window may be long. */
export const COMPARED_EVENTS_MAX = 20;

/** A sequence of messages with their times, milliseconds since the epoch. */
export interface TemplateSequence {
  readonly window: readonly { readonly template: string; readonly timeMs: number }[];
}

/** The sequence that is nearest, and how far it is. */
export interface Nearest<Sequence> {
  readonly sequence: Sequence;
  /** Events to insert, leave out or replace. */
  readonly distance: number;
}

/** Sequences that many others are compared with. */
export interface PreparedSequences<Sequence> {
  readonly sequences: readonly {
    readonly sequence: Sequence;
    readonly templates: Int32Array;
    readonly span: Span;
  }[];
  /** What stands for each template. */
  readonly numberOf: ReadonlyMap<string, number>;
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Puts numbers in the place of templates, which are compared in a fraction of the time, and works out once when each sequence was. */
export function prepareSequences<Sequence extends TemplateSequence>(
  sequences: readonly Sequence[],
): PreparedSequences<Sequence> {
  const numberOf = new Map<string, number>();
  const number = (template: string) => {
    const known = numberOf.get(template) ?? numberOf.size;
    numberOf.set(template, known);
    return known;
  };
  const prepared = sequences.map((sequence) => ({
    sequence,
    templates: comparedTemplates(sequence.window, number),
    span: spanOf(sequence.window),
  }));
  return { sequences: prepared, numberOf };
}

/** No sequence has it. */
const UNKNOWN_TEMPLATE = -1;

/**
 * The sequence with the smallest edit distance over the last {@link COMPARED_EVENTS_MAX} templates, of those that lie more than a minute
 * apart from the window; of several, the first. undefined where there are none, or the window itself is empty.
 *
 * The window a moment before an anomaly is nearly the same as its own, and its events may belong to the same incident: it says nothing
 * of what is usual.
 *
 * @param candidates newest first, so that of equally near ones the newest is taken
 */
export function nearestWindow<Sequence>(
  window: TemplateSequence["window"],
  { sequences, numberOf }: PreparedSequences<Sequence>,
): Nearest<Sequence> | undefined {
  if (window.length === 0) return undefined;
  const wanted = comparedTemplates(window, (template) => numberOf.get(template) ?? UNKNOWN_TEMPLATE);
  const span = spanOf(window);
  let nearest: Nearest<Sequence> | undefined;
  for (const candidate of sequences) {
    if (!isApart(span, candidate.span)) continue;
    const atMost = nearest === undefined ? undefined : nearest.distance - 1;
    const distance = editDistance(wanted, candidate.templates, atMost);
    if (nearest === undefined || distance < nearest.distance)
      nearest = { sequence: candidate.sequence, distance };
    if (distance === 0) break;
  }
  return nearest;
}

function comparedTemplates(
  window: TemplateSequence["window"],
  number: (template: string) => number,
): Int32Array {
  return Int32Array.from(window.slice(-COMPARED_EVENTS_MAX), ({ template }) => number(template));
}

/** Empty ones are apart from everything. */
function isApart(one: Span, other: Span): boolean {
  return other.toMs + RELATED_GAP_MS < one.fromMs || one.toMs + RELATED_GAP_MS < other.fromMs;
}

function spanOf(window: TemplateSequence["window"]): Span {
  let [fromMs, toMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { timeMs } of window) {
    fromMs = Math.min(fromMs, timeMs);
    toMs = Math.max(toMs, timeMs);
  }
  return { fromMs, toMs };
}
