import type { CalibrateConfig } from "./calibrate/config.ts";
import { createJudge, type ServiceJudge } from "./calibrate/create-judge.ts";
import { createProbabilityJudge } from "./calibrate/probability-judge.ts";
import type { DetectConfig } from "./detect/config.ts";
import type { Detector } from "./detect/detector.ts";
import { createEventModelDetector } from "./detect/event-model.ts";
import type { EventScorer } from "./detect/event-scorer.ts";
import { createNewTemplateDetector } from "./detect/new-template.ts";
import { createNgramDetector } from "./detect/ngram.ts";
import { createPretrainedModelDetector } from "./detect/pretrained-model.ts";
import type { PretrainedScorer } from "./detect/pretrained-scorer.ts";
import type { AttributesConfig } from "./enrich/config.ts";
import { createExplain } from "./explain/create-explain.ts";
import type { Explain } from "./explain/explain.ts";
import type { RedactConfig } from "./redact/config.ts";
import { createRedactor } from "./redact/redact.ts";
import type { TemplateConfig } from "./template/config.ts";
import { createTemplateMiner } from "./template/create-template-miner.ts";
import type { MinerSnapshot, TemplateMiner } from "./template/template-miner.ts";
import type { WindowConfig } from "./window/config.ts";
import { createWindower } from "./window/create-windower.ts";
import type { Windower } from "./window/sequence-window.ts";
import { createStreamKey } from "./window/stream-key.ts";
import type { RecordView } from "./wire/record-view.ts";

/** The slices of the configuration that the walking rooms need. */
export interface RoomsConfig {
  readonly template: TemplateConfig;
  readonly window: WindowConfig;
  readonly detect: DetectConfig;
  readonly calibrate: CalibrateConfig;
  readonly redact: RedactConfig;
  readonly attributes: AttributesConfig;
}

/** Of the scoring budget: a slow model's answers are waited for this long, so that those there are can still be used. */
const PATIENCE_SHARE = 0.8;

/** The rooms that a record walks through, without the doors: no network, no database. */
export interface Rooms {
  readonly miner: TemplateMiner;
  readonly streamKey: (record: RecordView) => string;
  readonly windower: Windower;
  readonly detectors: readonly Detector[];
  readonly judge: ServiceJudge;
  readonly explain: Explain;
  readonly redact: (text: string) => string;
}

/** The model in use: logbert's own, or one of Hugging Face's making. */
export type Scorer = EventScorer | PretrainedScorer;

/** What the rooms are furnished with. The model is handed in, because it runs on a thread of its own. */
export interface RoomsPorts {
  readonly scorer: Scorer;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly minerSnapshot?: MinerSnapshot | undefined;
  readonly onRedaction?: (kind: string) => void;
  /** Told how many events of a request the event model left to the other detectors. */
  readonly onSkipped?: (events: number) => void;
}

/** Furnishes the rooms. */
export function createRooms(config: RoomsConfig, ports: RoomsPorts): Rooms {
  const redact = createRedactor(config.redact, ports.onRedaction);
  return {
    miner: createTemplateMiner(config.template, ports.minerSnapshot),
    streamKey: createStreamKey(config.window),
    windower: createWindower(config.window, ports.now),
    detectors: config.detect.detectors.map((name) =>
      createDetector(name, config.detect, { ...ports, redact: createRedactor(config.redact) }),
    ),
    judge: createModelJudge(config.calibrate, ports),
    explain: createExplain({ redact }),
    redact,
  };
}

function createDetector(
  name: DetectConfig["detectors"][number],
  config: DetectConfig,
  ports: RoomsPorts & { readonly redact: (text: string) => string },
): Detector {
  const maxServices = config.max_services;
  const maxKnownTemplates = config.max_known_templates;
  switch (name) {
    case "event-model":
      return createModelDetector(config, ports);
    case "new-template":
      return createNewTemplateDetector({ maxServices, maxKnownTemplates });
    case "ngram":
      return createNgramDetector({ maxServices, maxKnownTemplates });
  }
}

/** The detector that the model in use asks for. */
function createModelDetector(
  config: DetectConfig,
  { scorer, redact, onSkipped }: RoomsPorts & { readonly redact: (text: string) => string },
): Detector {
  const { max_services: maxServices, max_known_templates: maxKnownTemplates } = config;
  const told = onSkipped === undefined ? {} : { onSkipped };
  if (!isPretrained(scorer))
    return createEventModelDetector(scorer, { maxServices, maxRows: config.max_model_rows, ...told });
  return createPretrainedModelDetector(scorer, {
    maxServices,
    maxKnownTemplates,
    maxTexts: config.max_model_rows,
    redact,
    patience: () => AbortSignal.timeout(Math.floor(config.scoring_budget_ms * PATIENCE_SHARE)),
    ...told,
  });
}

function createModelJudge(config: CalibrateConfig, { scorer, now }: RoomsPorts): ServiceJudge {
  const judge = createJudge(config, { modelVersion: scorer.version, now });
  const isClassifier = isPretrained(scorer) && scorer.kind === "classifier";
  return isClassifier ? createProbabilityJudge(judge, config) : judge;
}

function isPretrained(scorer: Scorer): scorer is PretrainedScorer {
  return "kind" in scorer;
}
