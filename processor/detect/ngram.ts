import type { TemplateMatch } from "../template/template-miner.ts";
import type { SequenceWindow } from "../window/sequence-window.ts";
import type { Detector } from "./detector.ts";
import type { EvidenceFacts } from "./evidence.ts";
import { noOpinions, type OpinionsInProgress } from "./opinions.ts";
import { createSizedTable } from "./sized-table.ts";
import {
  BEGIN,
  createTransitions,
  END,
  type Transitions,
  type TransitionsState,
  transitionsState,
  UNSEEN,
} from "./transitions.ts";

/** Bounds on the memory of this detector. */
export interface NgramOptions {
  readonly maxServices?: number;
  /** Templates told apart in each service. */
  readonly maxKnownTemplates?: number;
  /** Contexts of one and two templates kept for each service. */
  readonly maxContexts?: number;
  /** Contexts kept over all services; over it the least recently seen service is forgotten. */
  readonly maxContextsTotal?: number;
}

/** What a never seen template is worth here, in nats: how odd it is, is for the new-template detector to say. */
const UNSEEN_SURPRISE = 7;
/** Below it nobody asks what was expected instead, in nats. */
const EXPECTED_FROM_SURPRISE = 2;

/**
 * Which template follows which two: an online back-off model for each service, a habit learned in minutes.
 * Surprise is -ln P(event | the two before it), in nats. The end of a closed session is an event, its beginning a context.
 * Throws, on `restore`, an Error that names the field when the state is not in the expected format.
 */
export function createNgramDetector({
  maxServices = 1_000,
  maxKnownTemplates = 5_000,
  maxContexts = 8_192,
  maxContextsTotal = 200_000,
}: NgramOptions = {}): Detector {
  const limits = { templatesMax: maxKnownTemplates, contextsMax: maxContexts };
  const services = createSizedTable<Transitions, TransitionsState>(
    "ngram",
    { servicesMax: maxServices, sizeMax: maxContextsTotal },
    transitionsState,
    (state) => createTransitions(limits, state),
  );

  return {
    name: "ngram",
    async score(places) {
      const opinions = noOpinions("ngram", places);
      for (const [index, window] of places.windows.entries())
        scoreWindow(window, places.firsts[index] ?? 0, services.peek(window.service), opinions);
      return opinions;
    },
    learn(windows) {
      for (const window of windows) services.teach(window.service, (table) => learnWindow(table, window));
    },
    snapshot: services.snapshot,
    restore: services.restore,
    forget: services.forget,
  };
}

function learnWindow(table: Transitions, window: SequenceWindow): void {
  table.makeRoom();
  const { events, freshFrom, isClosed } = window;
  const tokenOf = ({ templateId, template }: TemplateMatch) => table.intern(templateId, template);
  let { last, before } = contextAt(window, freshFrom, tokenOf);
  for (let event = freshFrom; event < events.length; event += 1) {
    const match = events[event]?.match;
    const next = match === undefined ? UNSEEN : tokenOf(match);
    table.count(next, last, before);
    before = last;
    last = next;
  }
  if (isClosed) table.count(END, last, before);
}

/** The token before an event and the one before that; what lies before a window that is no start is not known. */
function contextAt(
  { events, isStart }: SequenceWindow,
  event: number,
  tokenOf: (match: TemplateMatch) => number,
) {
  const at = (index: number): number | undefined => {
    const match = events[index]?.match;
    if (match !== undefined) return tokenOf(match);
    return isStart ? BEGIN : undefined;
  };
  // In the order of the events: tokens are given in it.
  const before = at(event - 2);
  return { before, last: at(event - 1) };
}

/** @param first the place of the first fresh event */
function scoreWindow(
  window: SequenceWindow,
  first: number,
  table: Transitions | undefined,
  opinions: OpinionsInProgress,
): void {
  const { events, freshFrom, isClosed } = window;
  const tokenOf = ({ templateId }: TemplateMatch) => table?.token(templateId) ?? UNSEEN;
  let { last, before } = contextAt(window, freshFrom, tokenOf);
  const end = events.length + (isClosed ? 1 : 0);
  for (let event = freshFrom; event < end; event += 1) {
    const match = events[event]?.match;
    const next = match === undefined ? END : tokenOf(match);
    const probability = table?.probability(next, last, before) ?? 0;
    const surprise = probability > 0 ? Math.max(0, -Math.log(probability)) : UNSEEN_SURPRISE;
    const place = first + event - freshFrom;
    opinions.surprises[place] = surprise;
    if (surprise >= EXPECTED_FROM_SURPRISE && table !== undefined)
      opinions.tell(place, factsOf(table, next, last, before));
    before = last;
    last = next;
  }
}

function factsOf(
  table: Transitions,
  next: number,
  last: number | undefined,
  before: number | undefined,
): EvidenceFacts {
  const expected = table.expected(last, before);
  const order = table.order(next, last, before);
  return order === undefined ? { expected } : { expected, order };
}
