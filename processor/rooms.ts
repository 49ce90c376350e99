import { LRUCache } from "lru-cache";
import type { CalibrateConfig } from "./calibrate/config.ts";
import { createJudge, type ServiceJudge } from "./calibrate/create-judge.ts";
import { createProbabilityJudge } from "./calibrate/probability-judge.ts";
import type { LeftOut } from "./calibrate/releases.ts";
import { createDetectors, isClassifier, type Scorer } from "./create-detectors.ts";
import type { DetectConfig } from "./detect/config.ts";
import type { Detector } from "./detect/detector.ts";
import type { TextEncoder } from "./detect/text-encoder.ts";
import { createVectorCache } from "./detect/vector-cache.ts";
import type { AttributesConfig } from "./enrich/config.ts";
import { createExplain } from "./explain/create-explain.ts";
import type { Explain } from "./explain/explain.ts";
import { createExplainTokens, type ExplainTokens } from "./explain/token-importance.ts";
import type { RedactConfig } from "./redact/config.ts";
import { createRedactor, type Redactor } from "./redact/redact.ts";
import type { Kind } from "./redact/rule.ts";
import type { TemplateConfig } from "./template/config.ts";
import { createTemplateMiner } from "./template/create-template-miner.ts";
import type { MinerSnapshot, TemplateMiner } from "./template/template-miner.ts";
import type { WindowConfig } from "./window/config.ts";
import { createWindower } from "./window/create-windower.ts";
import type { Windower } from "./window/sequence-window.ts";
import { createStreamKey } from "./window/stream-key.ts";
import type { RecordView } from "./wire/record-view.ts";

/** Senders whose shown name is remembered. */
const SENDERS_MAX = 10_000;

/** The slices of the configuration that the walking rooms need. */
export interface RoomsConfig {
  readonly template: TemplateConfig;
  readonly window: WindowConfig;
  readonly detect: DetectConfig;
  readonly calibrate: CalibrateConfig;
  readonly redact: RedactConfig;
  readonly attributes: AttributesConfig;
}

/** The rooms that a record walks through, without the doors: no network, no database. */
export interface Rooms {
  readonly miner: TemplateMiner;
  readonly streamKey: (record: RecordView) => string;
  readonly showSender: (name: string) => string;
  readonly windower: Windower;
  readonly detectors: readonly Detector[];
  readonly judge: ServiceJudge;
  readonly explain: Explain;
  readonly explainTokens: ExplainTokens;
  readonly redactor: Redactor;
}

/** What the rooms are furnished with. The model is handed in, because it runs on a thread of its own. */
export interface RoomsPorts {
  readonly scorer: Scorer;
  /** Where the vectors of the scorer's tables come from. */
  readonly encoder: TextEncoder;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly minerSnapshot?: MinerSnapshot | undefined;
  readonly onRedaction?: (kind: Kind) => void;
  /** Told how many events of a request the event model left to the other detectors. */
  readonly onSkipped?: (events: number) => void;
  /** Told how many ended sessions of a request the count vectors left to the other detectors. */
  readonly onSessionsSkipped?: (sessions: number) => void;
  /** Told what of new releases there is no room for. */
  readonly onNewsLeftOut?: (what: LeftOut) => void;
}

/** Furnishes the rooms. */
export function createRooms(config: RoomsConfig, ports: RoomsPorts): Rooms {
  const redactor = createRedactor(config.redact, ports);
  return {
    miner: createTemplateMiner(config.template, {
      snapshot: ports.minerSnapshot,
      findHidden: redactor.findInWords,
      findHiddenInAdopted: redactor.find,
      findValues: redactor.findValues,
      isReadAlone: redactor.hasOwn,
    }),
    streamKey: createStreamKey(config.window),
    showSender: createShowSender(redactor),
    windower: createWindower(config.window, ports.now),
    detectors: createDetectors(config.detect, {
      ...ports,
      vectors: createVectorCache(ports.encoder),
      redact: redactor.plain,
    }),
    judge: createModelJudge(config.calibrate, ports),
    explain: createExplain({ redact: redactor.plain }),
    explainTokens: createExplainTokens(ports.encoder),
    redactor,
  };
}

/** Every record asks for the name of its sender, of which there are few. */
export function createShowSender({ sender }: Pick<Redactor, "sender">): Rooms["showSender"] {
  const names = new LRUCache<string, string>({ max: SENDERS_MAX, memoMethod: sender });
  return (name) => names.memo(name);
}

function createModelJudge(config: CalibrateConfig, { scorer, now, onNewsLeftOut }: RoomsPorts): ServiceJudge {
  const judge = createJudge(config, {
    modelVersion: () => scorer.version,
    now,
    onLeftOut: onNewsLeftOut,
  });
  return isClassifier(scorer) ? createProbabilityJudge(judge, config) : judge;
}
