import type { LogEvent } from "../window/sequence-window.ts";
import type { CanarySequence } from "./canary.ts";
import { FOREIGN_TEMPLATES } from "./foreign-templates.ts";

/** Ways of making an odd sequence of a normal one. */
export const ODD_KINDS = ["foreign", "misplaced"] as const;
export type OddKind = (typeof ODD_KINDS)[number];

/** What is known of the order of one service's messages. */
export interface NormalOrder {
  /** One event of each template. */
  readonly events: readonly LogEvent[];
  /** Whether a template was ever seen right after another one; by template id. */
  follows(before: string, after: string): boolean;
  /** Whether the earlier sequences told what may end the later ones; else that something was never seen says nothing. */
  readonly isPredictable: boolean;
}

/** What a message that never comes has never come right after: so many events before its place. Streams are woven of several
 * activities, so that what does not follow the last event may well follow the one before it. */
const CONTEXT_EVENTS = 8;
/** Share of the later sequences that may end as the earlier ones did not show, where the order is predictable. */
const SURPRISING_MAX = 0.05;
/** Share of a text's words that another one may have, and be from another world. */
const SHARED_WORDS_MAX = 0.25;
/** OTLP's ERROR. */
const ERROR = 17;

/** The order that these sequences of one service show, oldest first. */
export function normalOrder(sequences: readonly CanarySequence[]): NormalOrder {
  const half = sequences.length / 2;
  const [earlier, later] = [pairsOf(sequences.slice(0, half)), sequences.slice(half)];
  const surprising = later.filter(({ events }) => {
    const last = events.at(-1);
    return last !== undefined && isNeverAfter(last, events.slice(0, -1), earlier.follows);
  });
  return {
    ...pairsOf(sequences),
    isPredictable: surprising.length <= SURPRISING_MAX * later.length,
  };
}

function pairsOf(sequences: readonly CanarySequence[]): Pick<NormalOrder, "events" | "follows"> {
  const events = new Map<string, LogEvent>();
  const followers = new Map<string, Set<string>>();
  for (const sequence of sequences) {
    let before: string | undefined;
    for (const event of sequence.events) {
      const { templateId } = event.match;
      events.set(templateId, event);
      if (before !== undefined) {
        const own = followers.get(before) ?? new Set();
        followers.set(before, own.add(templateId));
      }
      before = templateId;
    }
  }
  return {
    events: [...events.values()],
    follows: (before, after) => followers.get(before)?.has(after) ?? false,
  };
}

/**
 * The same sequence with another message at its end, like it in time. foreign: one of another world, also by its words, and an error: a new harmless message
 * is no more than worth watching (see detect/new-template.ts), and verdicts would say so; misplaced: one of the service's own that was
 * never seen right after any of the events before, as severe as what it replaces, where the order is predictable. Undefined where there is none.
 *
 * @param random 0 to 1 (exclusive)
 */
export function deriveOdd(
  kind: OddKind,
  { events, ...sequence }: CanarySequence,
  order: NormalOrder,
  random: () => number,
): CanarySequence | undefined {
  const last = events.at(-1);
  const context = events.slice(0, -1);
  const choices = kind === "foreign" ? foreignTo(order) : neverAfter(context, order);
  const match = choices[Math.floor(random() * choices.length)];
  if (last === undefined || match === undefined) return undefined;
  const severityNumber = kind === "foreign" ? ERROR : last.severityNumber;
  return { ...sequence, events: [...context, { ...last, match, severityNumber }] };
}

type Match = LogEvent["match"];

function foreignTo({ events }: NormalOrder): readonly Match[] {
  const known = events.map(({ match }) => wordsOf(match.template));
  return FOREIGN_TEMPLATES.filter((template) => !known.some((words) => isLike(template, words))).map(
    (template) => ({ templateId: `canary: ${template}`, template, parameters: [], isNew: false }),
  );
}

/** Whether it may be a message of the service that wrote these words. */
function isLike(template: string, words: ReadonlySet<string>): boolean {
  const own = [...wordsOf(template)];
  return own.filter((word) => words.has(word)).length > SHARED_WORDS_MAX * own.length;
}

function wordsOf(template: string): ReadonlySet<string> {
  return new Set(template.toLowerCase().match(/\p{L}{3,}/gu));
}

function neverAfter(context: readonly LogEvent[], order: NormalOrder): readonly Match[] {
  if (!order.isPredictable) return [];
  return order.events
    .filter((event) => isNeverAfter(event, context, order.follows))
    .map(({ match }) => match);
}

function isNeverAfter(
  { match }: LogEvent,
  context: readonly LogEvent[],
  follows: NormalOrder["follows"],
): boolean {
  return !context.slice(-CONTEXT_EVENTS).some((before) => follows(before.match.templateId, match.templateId));
}
