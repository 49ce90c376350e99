import { z } from "zod";
import { stateList } from "../template/state-list.ts";
import type { TemplateMatch } from "../template/template-miner.ts";
import type { SequenceWindow } from "../window/sequence-window.ts";
import { createAnswering } from "./answer-from-memory.ts";
import {
  type CandidateSource,
  type Candidates,
  type CandidatesState,
  candidatesState,
  createCandidates,
} from "./candidates.ts";
import { chooseByService } from "./choice.ts";
import type { Detector } from "./detector.ts";
import { createEventCodes } from "./event-code.ts";
import type { EventScorer } from "./event-scorer.ts";
import { createMemorisedScores } from "./memorised-scores.ts";
import { notedSurprise } from "./own-surprise.ts";
import { PARAMETER_FEATURES } from "./parameter-features.ts";
import { perRequest } from "./per-request.ts";
import type { Places } from "./places.ts";
import { createPredictedBatch } from "./predicted-batch.ts";
import { createServiceTable } from "./service-table.ts";
import { shownWindows } from "./shown-window.ts";
import { createUnknownPlaces } from "./unknown-places.ts";
import type { VectorCache } from "./vector-cache.ts";
import { createWorkBudget } from "./work-budget.ts";

/** Bounds on the memory and the work of this detector. */
export interface EventModelOptions {
  readonly maxServices?: number;
  /** Templates of one service that the model chooses between. */
  readonly maxCandidates?: number;
  /** Events before a place that the model is shown, never more than it was trained on. */
  readonly contextEvents?: number;
  /** Contexts whose prediction is remembered, over all services. */
  readonly maxMemorised?: number;
  /** Rows of one request that the model is run for; the events beyond are left to the other detectors. */
  readonly maxRows?: number;
  /** How unusual the parameters of a service's event are (see parameter.ts); zeros where nobody says. */
  readonly featuresOf?: (service: string, match: TemplateMatch) => readonly number[];
  /** Told how many events one request left to the other detectors. */
  readonly onSkipped?: (events: number) => void;
}

const NO_FEATURES: readonly number[] = new Array<number>(PARAMETER_FEATURES).fill(0);

const eventModelState = z.strictObject({
  version: z.literal(1),
  /** Name of the weights whose surprises these are; a state that names none has those of the weights in use. */
  model: z.string().optional(),
  services: z.array(z.tuple([z.string(), candidatesState])),
});

/**
 * LogBERT's masked event prediction (Guo, Yuan, Wu: LogBERT, IJCNN 2021), one event at a time and from the past alone:
 * surprise is how much more than usual for its template, in nats, the model is surprised by the event. The candidates
 * are the service's own templates by meaning, so a template that was never seen is one more candidate.
 * Throws, on `restore`, an Error that names the field when the state is not in the expected format.
 */
export function createEventModelDetector(
  scorer: EventScorer,
  vectors: VectorCache,
  {
    maxServices = 1_000,
    maxCandidates = 512,
    contextEvents = 8,
    maxMemorised = 32_768,
    maxRows = 1_000,
    featuresOf = () => NO_FEATURES,
    onSkipped = () => undefined,
  }: EventModelOptions = {},
): Detector {
  const sourceOf = (service: string) => candidateSource(service, scorer, vectors);
  const create = (service: string, saved: CandidatesState = [], model?: string) =>
    createCandidates(maxCandidates, sourceOf(service), saved.slice(-maxCandidates), model);
  const services = createServiceTable<Candidates>(maxServices, (service) => create(service));
  const shownMax = () => Math.min(scorer.eventsMax, contextEvents + 1);
  const memory = createMemorisedScores(scorer, maxMemorised, shownMax);
  const codeOf = createEventCodes(featuresOf);
  const rowsOf = perRequest(() => createWorkBudget(maxRows));
  const choicesFor = (places: Places) =>
    chooseByService(shownWindows(places, shownMax()), (service) => ({
      candidates: services.peek(service) ?? create(service),
      source: sourceOf(service),
    }));
  const answerFromMemory = createAnswering({ memory, codeOf });

  return {
    name: "event-model",
    async score(places, signal) {
      let choices = choicesFor(places);
      const texts = choices.flatMap(({ choice }) => choice.textsForTable());
      if (texts.length > 0) {
        await vectors.ensure(texts, signal);
        // Others may have taught the services while the vectors were computed. From here to the model's questions nothing waits.
        choices = choicesFor(places);
      }
      const batch = createPredictedBatch(places, scorer.version);
      const rows = rowsOf(signal);
      let skipped = 0;
      const asked = choices.map((one) => {
        const unknown = createUnknownPlaces(rows, memory.isAsked);
        answerFromMemory(one, batch, unknown);
        skipped += unknown.skipped();
        return unknown.ask((questions) => memory.ask(one.choice, questions, signal), batch.tell);
      });
      for (const unanswered of await Promise.all(asked)) skipped += unanswered;
      if (skipped > 0) onSkipped(skipped);
      return batch.opinions;
    },
    learn(windows) {
      for (const window of windows) {
        learnWindow(services.touch(window.service), window, scorer.version);
        // Also where the model was not asked: its parameters will not be there later.
        for (const event of window.events.slice(window.freshFrom)) codeOf(window.service, event);
      }
    },
    snapshot: (service) => ({
      version: 1,
      model: scorer.version,
      services: stateList(services.entries(service), ([name, candidates]) => [name, candidates.snapshot()]),
    }),
    restore(state) {
      const { model, services: saved } = readState(state);
      for (const [service, one] of saved) services.set(service, create(service, one, model));
    },
    forget: services.delete,
  };
}

function readState(state: unknown): z.infer<typeof eventModelState> {
  const parsed = eventModelState.safeParse(state);
  if (!parsed.success)
    throw new Error(`The state of the event-model detector is not usable: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function candidateSource(service: string, scorer: EventScorer, vectors: VectorCache): CandidateSource {
  return {
    vectors,
    model: () => scorer.version,
    residual: (template) => scorer.residual(service, template),
  };
}

function learnWindow(candidates: Candidates, { events, freshFrom }: SequenceWindow, model: string): void {
  for (let at = freshFrom; at < events.length; at += 1) {
    const event = events[at];
    if (event === undefined) continue;
    const { templateId, template } = event.match;
    candidates.learn(templateId, template, notedSurprise(event, model));
  }
}
