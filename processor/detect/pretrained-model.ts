import { LRUCache } from "lru-cache";
import type { SequenceWindow } from "../window/sequence-window.ts";
import type { Detector, Evidence } from "./detector.ts";
import { createMemorisedTexts } from "./memorised-texts.ts";
import type { PretrainedScorer, TextScore, WindowText } from "./pretrained-scorer.ts";

/** Bounds on the memory and the work of this detector, and what it shows the model. */
export interface PretrainedModelOptions {
  /** Texts of one request that the model is run for. */
  readonly maxTexts?: number;
  /** Texts whose score is remembered, over all services. */
  readonly maxMemorised?: number;
  /** Makes a template fit to be shown: it may hold raw values of a line that was seen only once. */
  readonly redact: (template: string) => string;
  /** Aborts when the detector should answer with what it has, a little before the scoring budget ends. */
  readonly patience: () => AbortSignal;
  /** Told how many events one request left without a score. */
  readonly onSkipped?: (events: number) => void;
}

/** Templates whose redacted text is remembered. */
const TEMPLATES_MAX = 8_192;

/**
 * A Hugging Face model in the place of the event model: it reads the judged event's template after those before it, and
 * has learned all that it knows beforehand. Surprise in nats: -ln(1 - p) of a classifier, the logarithm of a masked
 * language model's pseudo-perplexity.
 */
export function createPretrainedModelDetector(
  scorer: PretrainedScorer,
  {
    maxTexts = 1_000,
    maxMemorised = 8_192,
    redact,
    patience,
    onSkipped = () => undefined,
  }: PretrainedModelOptions,
): Detector {
  const memory = createMemorisedTexts(scorer, maxMemorised);
  const texts = new LRUCache<string, string>({ max: TEMPLATES_MAX });
  const textOf = (template: string): string => {
    const known = texts.get(template) ?? redact(template);
    texts.set(template, known);
    return known;
  };

  return {
    name: "pretrained-model",
    async score(windows) {
      const questions = windows.flatMap((window, index) =>
        freshEvents(window).map((event) => ({ window, index, event })),
      );
      const scores = await memory.answer(
        questions.map(({ window, event }) => windowText(window, event, scorer.contextEvents, textOf)),
        maxTexts,
        patience(),
      );
      const evidence = questions.flatMap(({ index, event }, at) => evidenceOf(index, event, scores[at]));
      if (evidence.length < questions.length) onSkipped(questions.length - evidence.length);
      return evidence;
    },
    learn: () => undefined,
    snapshot: () => undefined,
    restore: () => undefined,
  };
}

/** The end of a session has no text that could be judged. */
function freshEvents({ events, freshFrom }: SequenceWindow): readonly number[] {
  return Array.from({ length: events.length - freshFrom }, (_, offset) => freshFrom + offset);
}

function windowText(
  { events }: SequenceWindow,
  event: number,
  contextEvents: number,
  textOf: (template: string) => string,
): WindowText {
  const texts = events
    .slice(Math.max(0, event - contextEvents), event + 1)
    .map(({ match }) => textOf(match.template));
  return { context: texts.slice(0, -1), judged: texts.at(-1) ?? "" };
}

function evidenceOf(window: number, event: number, score: TextScore | undefined): readonly Evidence[] {
  if (score === undefined || !Number.isFinite(score.surprise)) return [];
  return [{ detector: "pretrained-model", window, event, expected: [], ...score }];
}
