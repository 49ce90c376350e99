import type { DetectConfig } from "./detect/config.ts";
import { createCountVectorDetector } from "./detect/count-vector.ts";
import type { Detector, DetectorName } from "./detect/detector.ts";
import { createEventModelDetector } from "./detect/event-model.ts";
import type { EventScorer } from "./detect/event-scorer.ts";
import { createGapDetector } from "./detect/gap.ts";
import { createLengthDetector } from "./detect/length.ts";
import { createNewTemplateDetector } from "./detect/new-template.ts";
import { createNgramDetector } from "./detect/ngram.ts";
import { createParameterDetector } from "./detect/parameter.ts";
import { createRateDetector } from "./detect/rate.ts";
import type { VectorCache } from "./detect/vector-cache.ts";

/** What detectors are made with. */
export interface DetectorPorts {
  readonly scorer: EventScorer;
  readonly vectors: VectorCache;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told how many events of a request the event model left to the other detectors. */
  readonly onSkipped?: ((events: number) => void) | undefined;
}

/** The detectors that the configuration names, in its order. */
export function createDetectors(config: DetectConfig, ports: DetectorPorts): readonly Detector[] {
  const maxServices = config.max_services;
  const maxKnownTemplates = config.max_known_templates;
  // One for both: the event model is told what the parameter detector thinks of an event's parameters.
  const parameter = createParameterDetector({ maxServices, maxKnownTemplates });

  const create = (name: DetectorName): Detector => {
    switch (name) {
      case "event-model":
        return createEventModelDetector(ports.scorer, ports.vectors, {
          maxServices,
          maxRows: config.max_model_rows,
          ...(ports.onSkipped === undefined ? {} : { onSkipped: ports.onSkipped }),
          ...(config.detectors.includes("parameter") ? { featuresOf: parameter.features } : {}),
        });
      case "new-template":
        return createNewTemplateDetector(ports.vectors, { maxServices, maxKnownTemplates });
      case "ngram":
        return createNgramDetector({ maxServices, maxKnownTemplates });
      case "count-vector":
        return createCountVectorDetector({ maxServices, maxKnownTemplates });
      case "length":
        return createLengthDetector({ maxServices });
      case "rate":
        return createRateDetector({ maxServices, maxKnownTemplates, now: ports.now });
      case "gap":
        return createGapDetector({ maxServices });
      case "parameter":
        return parameter;
    }
  };
  return config.detectors.map(create);
}
