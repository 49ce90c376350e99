import { LRUCache } from "lru-cache";
import { z } from "zod";
import { stateList } from "../template/state-list.ts";
import type { SequenceWindow } from "../window/sequence-window.ts";
import type { Detector } from "./detector.ts";
import { createMemorisedTexts } from "./memorised-texts.ts";
import { noOpinions } from "./opinions.ts";
import { notedSurprise, noteSurprise } from "./own-surprise.ts";
import { perRequest } from "./per-request.ts";
import { placeOf } from "./places.ts";
import type { PretrainedScorer, WindowText } from "./pretrained-scorer.ts";
import { createServiceTable } from "./service-table.ts";
import { createUsualSurprise, type UsualSurprise, usualSurpriseState } from "./usual-surprise.ts";
import { createWorkBudget } from "./work-budget.ts";

/** Bounds on the memory and the work of this detector, and what it shows the model. */
export interface PretrainedModelOptions {
  readonly maxServices?: number;
  /** Templates of one service whose usual surprise is remembered. */
  readonly maxKnownTemplates?: number;
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

const pretrainedModelState = z.strictObject({
  version: z.literal(1),
  /** Name of the model whose surprises these are; a state that names none has those of the model in use. */
  model: z.string().optional(),
  services: z.array(z.tuple([z.string(), usualSurpriseState])),
});

/**
 * A Hugging Face model in the place of the event model: it reads the judged event's template after those before it, and
 * has learned what it knows of them beforehand. Surprise in nats: of a classifier, -ln(1 - p); of a masked language
 * model, how much the logarithm of the text's pseudo-perplexity is above what is usual for its template in the service.
 * Throws, on `restore`, an Error that names the field when the state is not in the expected format.
 */
export function createPretrainedModelDetector(
  scorer: PretrainedScorer,
  {
    maxServices = 1_000,
    maxKnownTemplates = 5_000,
    maxTexts = 1_000,
    maxMemorised = 8_192,
    redact,
    patience,
    onSkipped = () => undefined,
  }: PretrainedModelOptions,
): Detector {
  const memory = createMemorisedTexts(scorer, maxMemorised);
  const textOf = remembering(redact);
  const create = () => createUsualSurprise(maxKnownTemplates);
  const services = createServiceTable<UsualSurprise>(maxServices, create);
  const limitsOf = perRequest(() => ({ budget: createWorkBudget(maxTexts), waited: patience() }));

  /** How odd it is by the calibration's measure. */
  const surpriseOf = ({ window, event }: Question, surprise: number): number => {
    if (scorer.kind === "classifier") return surprise;
    const asked = window.events[event];
    if (asked !== undefined) noteSurprise(asked, surprise, scorer.version);
    const usual = services.peek(window.service)?.of(asked?.match.templateId ?? "") ?? 0;
    return Math.max(0, surprise - usual);
  };

  return {
    name: "pretrained-model",
    async score(places, signal) {
      const { budget, waited } = limitsOf(signal);
      const questions = places.windows.flatMap(questionsOf);
      const texts = questions.map(({ window, event }) =>
        windowText(window, event, scorer.contextEvents, textOf),
      );
      const scores = await memory.answer(texts, budget, waited);
      const opinions = noOpinions("pretrained-model", places);
      let skipped = 0;
      for (const [at, question] of questions.entries()) {
        const { surprise = Number.NaN, ...facts } = scores[at] ?? {};
        if (!Number.isFinite(surprise)) {
          skipped += 1;
          continue;
        }
        const place = placeOf(places, question.index, question.event);
        opinions.surprises[place] = surpriseOf(question, surprise);
        opinions.tell(place, { expected: [], ...facts });
      }
      if (skipped > 0) onSkipped(skipped);
      return opinions;
    },
    learn(windows) {
      for (const { service, events, freshFrom } of windows)
        for (const event of events.slice(freshFrom)) {
          const surprise = notedSurprise(event, scorer.version);
          if (surprise !== undefined) services.touch(service).learn(event.match.templateId, surprise);
        }
    },
    snapshot: (service) => ({
      version: 1,
      model: scorer.version,
      services: stateList(services.entries(service), ([name, usual]) => [name, usual.snapshot()]),
    }),
    restore(state) {
      const parsed = pretrainedModelState.safeParse(state);
      if (!parsed.success)
        throw new Error(
          `The state of the pretrained-model detector is not usable: ${z.prettifyError(parsed.error)}`,
        );
      if ((parsed.data.model ?? scorer.version) !== scorer.version) return;
      for (const [service, saved] of parsed.data.services)
        services.set(service, createUsualSurprise(maxKnownTemplates, saved));
    },
    forget: services.delete,
  };
}

/** One event on its way through the model. */
interface Question {
  readonly window: SequenceWindow;
  /** Index of the window within the scored batch. */
  readonly index: number;
  readonly event: number;
}

/** One for each fresh event; the end of a session has no text that could be judged. */
function questionsOf(window: SequenceWindow, index: number): readonly Question[] {
  return Array.from({ length: window.events.length - window.freshFrom }, (_, offset) => ({
    window,
    index,
    event: window.freshFrom + offset,
  }));
}

/** Templates come again and again. */
function remembering(redact: (template: string) => string): (template: string) => string {
  const texts = new LRUCache<string, string>({ max: TEMPLATES_MAX });
  return (template) => {
    const text = texts.get(template) ?? redact(template);
    texts.set(template, text);
    return text;
  };
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
