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
}

/** What a message that never comes has never come right after: so many events before its place. Streams are woven of several
 * activities, so that what does not follow the last event may well follow the one before it. */
const CONTEXT_EVENTS = 8;
/** OTLP's ERROR. */
const ERROR = 17;

/** The order that these sequences of one service show. */
export function normalOrder(sequences: readonly CanarySequence[]): NormalOrder {
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
 * The same sequence with another message at its end, like it in time. foreign: one of another world, an error: a new harmless message
 * is no more than worth watching (see detect/new-template.ts), and verdicts would say so; misplaced: one of the service's own that was
 * never seen right after any of the events before, as severe as what it replaces. Undefined where there is none.
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
  const known = new Set(events.map(({ match }) => match.template));
  return FOREIGN_TEMPLATES.filter((template) => !known.has(template)).map((template) => ({
    templateId: `canary: ${template}`,
    template,
    parameters: [],
    isNew: false,
  }));
}

function neverAfter(context: readonly LogEvent[], { events, follows }: NormalOrder): readonly Match[] {
  const near = context.slice(-CONTEXT_EVENTS);
  return events
    .filter(({ match }) => !near.some((before) => follows(before.match.templateId, match.templateId)))
    .map(({ match }) => match);
}
