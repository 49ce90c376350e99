import { deadlineIn } from "./deadline.ts";
import type { DetectConfig } from "./detect/config.ts";
import { createCountVectorDetector } from "./detect/count-vector.ts";
import type { Detector } from "./detect/detector.ts";
import { createEventModelDetector, type EventModelOptions } from "./detect/event-model.ts";
import type { EventScorer } from "./detect/event-scorer.ts";
import { createGapDetector } from "./detect/gap.ts";
import { createLengthDetector } from "./detect/length.ts";
import { createNewTemplateDetector } from "./detect/new-template.ts";
import { createNgramDetector } from "./detect/ngram.ts";
import { createOrderChangeDetector } from "./detect/order-change.ts";
import { createParameterDetector } from "./detect/parameter.ts";
import { createPretrainedModelDetector } from "./detect/pretrained-model.ts";
import type { PretrainedScorer } from "./detect/pretrained-scorer.ts";
import { createRateDetector } from "./detect/rate.ts";
import type { VectorCache } from "./detect/vector-cache.ts";

/** The model in use: logbert's own, or one of Hugging Face's making. */
export type Scorer = EventScorer | PretrainedScorer;

/** What detectors are made with. */
export interface DetectorPorts {
  readonly scorer: Scorer;
  readonly vectors: VectorCache;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told how many events of a request the event model left to the other detectors. */
  readonly onSkipped?: ((events: number) => void) | undefined;
  /** Told how many ended sessions of a request the count vectors left to the other detectors. */
  readonly onSessionsSkipped?: ((sessions: number) => void) | undefined;
  /** Makes a template fit to be shown. */
  readonly redact: (text: string) => string;
}

/** Of the scoring budget: a slow model's answers are waited for this long, so that those there are can still be used. */
const PATIENCE_SHARE = 0.8;

/** The detectors that the configuration names, in its order. */
export function createDetectors(config: DetectConfig, ports: DetectorPorts): readonly Detector[] {
  const maxServices = config.max_services;
  const maxKnownTemplates = config.max_known_templates;
  // One for both: the event model is told what the parameter detector thinks of an event's parameters.
  const parameter = createParameterDetector({ maxServices, maxKnownTemplates });

  const create = (name: DetectConfig["detectors"][number]): Detector => {
    switch (name) {
      case "event-model":
        return createModelDetector(config, ports, parameter.features);
      case "new-template":
        return createNewTemplateDetector(ports.vectors, { maxServices, maxKnownTemplates });
      case "ngram":
        return createNgramDetector({ maxServices, maxKnownTemplates });
      case "count-vector":
        return createCountVectorDetector({
          maxServices,
          maxKnownTemplates,
          onSkipped: ports.onSessionsSkipped,
        });
      case "length":
        return createLengthDetector({ maxServices });
      case "rate":
        return createRateDetector({ maxServices, maxKnownTemplates, now: ports.now });
      case "gap":
        return createGapDetector({ maxServices });
      case "parameter":
        return parameter;
      case "order-change":
        return createOrderChangeDetector({ maxServices, maxKnownTemplates });
    }
  };
  return config.detectors.map(create);
}

/** Whether the model in use gives probabilities of its own. */
export function isClassifier(scorer: Scorer): boolean {
  return isPretrained(scorer) && scorer.kind === "classifier";
}

/** The detector that the model in use asks for. */
function createModelDetector(
  config: DetectConfig,
  { scorer, vectors, redact, onSkipped }: DetectorPorts,
  featuresOf: NonNullable<EventModelOptions["featuresOf"]>,
): Detector {
  const { max_services: maxServices, max_known_templates: maxKnownTemplates } = config;
  const told = onSkipped === undefined ? {} : { onSkipped };
  if (isPretrained(scorer))
    return createPretrainedModelDetector(scorer, {
      maxServices,
      maxKnownTemplates,
      maxTexts: config.max_model_rows,
      redact,
      patience: () => deadlineIn(Math.floor(config.scoring_budget_ms * PATIENCE_SHARE)).signal,
      ...told,
    });
  return createEventModelDetector(scorer, vectors, {
    maxServices,
    contextEvents: config.context_events,
    maxRows: config.max_model_rows,
    ...told,
    ...(config.detectors.includes("parameter") ? { featuresOf } : {}),
  });
}

function isPretrained(scorer: Scorer): scorer is PretrainedScorer {
  return "kind" in scorer;
}
