import type { TemplateMatch } from "../template/template-miner.ts";
import type { SequenceWindow } from "../window/sequence-window.ts";
import type { Detector, Evidence } from "./detector.ts";
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
/** Events before one that it is judged by. */
const CONTEXT_EVENTS = 2;
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
    score: (windows) =>
      Promise.resolve(
        windows.flatMap((window, index) => scoreWindow(window, index, services.peek(window.service))),
      ),
    learn(windows) {
      for (const window of windows) services.teach(window.service, (table) => learnWindow(table, window));
    },
    snapshot: services.snapshot,
    restore: services.restore,
  };
}

function learnWindow(table: Transitions, window: SequenceWindow): void {
  table.makeRoom();
  const tokens = tokensOf(window, ({ templateId, template }) => table.intern(templateId, template));
  for (let event = window.freshFrom; event < tokens.length; event++) {
    count(table, tokens[event] ?? UNSEEN, tokens, event, window.isStart);
  }
  if (window.isClosed) count(table, END, tokens, tokens.length, window.isStart);
}

/** By event: those of the fresh events and of the two before them, which is all that anybody asks for. */
function tokensOf(
  { events, freshFrom }: SequenceWindow,
  tokenOf: (match: TemplateMatch) => number,
): number[] {
  const tokens = new Array<number>(events.length).fill(UNSEEN);
  for (let event = Math.max(0, freshFrom - CONTEXT_EVENTS); event < events.length; event += 1) {
    const match = events[event]?.match;
    if (match !== undefined) tokens[event] = tokenOf(match);
  }
  return tokens;
}

/** The last and the one before it; what lies before a window that is no start is not known. */
function contextOf(
  tokens: readonly number[],
  event: number,
  isStart: boolean,
): readonly [last: number | undefined, before: number | undefined] {
  const at = (index: number) => (index >= 0 ? tokens[index] : isStart ? BEGIN : undefined);
  return [at(event - 1), at(event - 2)];
}

function count(
  table: Transitions,
  next: number,
  tokens: readonly number[],
  event: number,
  isStart: boolean,
): void {
  const [last, before] = contextOf(tokens, event, isStart);
  table.count(next, last, before);
}

function scoreWindow(
  window: SequenceWindow,
  index: number,
  table: Transitions | undefined,
): readonly Evidence[] {
  const tokens = tokensOf(window, ({ templateId }) => table?.token(templateId) ?? UNSEEN);
  const end = tokens.length + (window.isClosed ? 1 : 0);
  const evidence: Evidence[] = [];
  for (let event = window.freshFrom; event < end; event++) {
    const next = event === tokens.length ? END : (tokens[event] ?? UNSEEN);
    const [last, before] = contextOf(tokens, event, window.isStart);
    const probability = table?.probability(next, last, before) ?? 0;
    const surprise = probability > 0 ? Math.max(0, -Math.log(probability)) : UNSEEN_SURPRISE;
    const expected = surprise < EXPECTED_FROM_SURPRISE ? [] : (table?.expected(last, before) ?? []);
    evidence.push({ detector: "ngram", window: index, event, surprise, expected });
  }
  return evidence;
}
