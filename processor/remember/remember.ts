import { LRUCache } from "lru-cache";
import type { Anomaly } from "../../store/anomaly.ts";
import type { StageStatus, Store } from "../../store/store.ts";
import type { LeftOut } from "../calibrate/releases.ts";
import type { LearningState, Verdict } from "../calibrate/verdict.ts";
import type { Judged } from "../enrich/enrich.ts";
import type { Explain } from "../explain/explain.ts";
import type { ExplainTokens } from "../explain/token-importance.ts";
import type { ExportRequest } from "../wire/record-view.ts";
import { createChangedThresholds, type ThresholdInForce } from "./changed-thresholds.ts";
import type { RememberConfig } from "./config.ts";
import { createFingerprints } from "./fingerprints.ts";
import { createNewMessages } from "./new-messages.ts";
import { createSampler, type Sampler } from "./sampler.ts";
import { createTally } from "./tally.ts";
import { type ShownTexts, toAnomaly } from "./to-anomaly.ts";
import { withTokens } from "./with-tokens.ts";

/** What the token importances of one flush may take of the model's thread, which scores requests as well. */
const TOKENS_BUDGET_MS = 200;

/** Templates whose redacted text is remembered: the same ones come with every flush. */
const TEMPLATES_MAX = 8_192;

/** What the rememberer is handed. */
export interface RememberPorts {
  readonly store: Pick<Store, "saveBatch">;
  readonly redactor: ShownTexts;
  readonly explain: Explain;
  readonly explainTokens: ExplainTokens;
  /** A new ULID. */
  readonly newId: () => string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly learningState: (service: string) => LearningState;
  /** The thresholds in force, for the store. */
  readonly thresholds: () => readonly ThresholdInForce[];
  readonly status: () => StageStatus;
  readonly onDropped: (anomalies: number) => void;
  /** Told, once, that another stage has taken this one's name since. */
  readonly onNamesake?: (() => void) | undefined;
  /** Told what of new releases there is no room for. */
  readonly onNewsLeftOut?: ((what: LeftOut) => void) | undefined;
}

/** The bounded queue between an acknowledged request and the store: never waits, never throws, drops and counts. */
export interface Rememberer {
  /** @param request undefined for sessions that closed by falling silent */
  remember(request: ExportRequest | undefined, judged: Judged): void;
  /** Writes what is queued; what cannot be written stays queued. Rejects with the store's error. */
  flush(): Promise<void>;
  /** The same for the last time, with the word that the stage has stopped. */
  finish(): Promise<void>;
  readonly queuedAnomalies: number;
}

export function createRememberer(config: RememberConfig, ports: RememberPorts): Rememberer {
  const tally = createTally(config.max_queued_anomalies, ports.onDropped);
  /** What new messages were compared with; it lives as long as its anomaly waits. */
  const nearest = new WeakMap<Anomaly, string>();
  const texts = remembering(ports.redactor);
  const sampler = samplerOf(config, ports, texts);
  const fingerprints = createFingerprints();
  const newMessages = createNewMessages(texts, sampler, ports.onNewsLeftOut);
  const changed = createChangedThresholds();
  let flushing: Promise<void> | undefined;
  const noteName = createNameWatch(ports.onNamesake);

  const write = async (last: Pick<StageStatus, "hasStopped"> = {}) => {
    const drained = tally.drain();
    const budget = AbortSignal.timeout(TOKENS_BUDGET_MS);
    const nearestOf = (anomaly: Anomaly) => nearest.get(anomaly);
    const anomalies = await withTokens(drained.anomalies, ports.explainTokens, nearestOf, budget);
    const templates = drained.templates.map((one) => ({ ...one, text: texts.plain(one.text) }));
    const batch = { ...drained, anomalies, templates };
    const thresholds = ports.thresholds();
    const samples = sampler?.drain() ?? [];
    const deployments = newMessages.drain();
    try {
      const { hasNamesake } = await ports.store.saveBatch({
        ...batch,
        samples,
        deployments,
        thresholds: changed.of(thresholds),
        status: { ...ports.status(), ...last },
      });
      changed.written(thresholds);
      noteName(hasNamesake);
    } catch (error) {
      tally.restore(batch);
      sampler?.restore(samples);
      newMessages.restore(deployments);
      throw error;
    }
  };

  return {
    get queuedAnomalies() {
      return tally.queuedAnomalies;
    },
    remember(request, judged) {
      const states = new Map<string, LearningState>();
      const verdicts = verdictsByRecord(judged);
      for (const record of judged.parsed) {
        const state = states.get(record.service) ?? ports.learningState(record.service);
        states.set(record.service, state);
        tally.record(record, verdicts.get(record.recordIndex), state);
      }
      for (const named of judged.anomalies) {
        const { recordIndex } = named.finding;
        const record = recordIndex === undefined ? undefined : request?.records[recordIndex];
        const stored = toAnomaly(named, record, texts);
        const anomaly = { ...stored, fingerprint: fingerprints.of(named, record, stored) };
        const compared = nearestIn(named.finding.verdict);
        if (compared !== undefined) nearest.set(anomaly, compared);
        tally.anomaly(anomaly);
      }
      newMessages.add(request, judged);
      sampler?.offer(request, judged);
    },
    flush() {
      flushing ??= write().finally(() => {
        flushing = undefined;
      });
      return flushing;
    },
    async finish() {
      await flushing?.catch(() => undefined);
      await write({ hasStopped: true });
    },
  };
}

/** The same texts, those of templates redacted once. */
function remembering({ body, plain }: ShownTexts): ShownTexts {
  const shown = new LRUCache<string, string>({ max: TEMPLATES_MAX, memoMethod: (text) => plain(text) });
  return {
    body,
    plain: (text, charactersMax) =>
      charactersMax === undefined ? shown.memo(text) : plain(text, charactersMax),
  };
}

/** Tells once of a namesake. What the first heartbeat finds may be an earlier run's, before the clock was set back. */
function createNameWatch(onNamesake: RememberPorts["onNamesake"]): (hasNamesake: boolean) => void {
  let isOwn = false;
  let isTold = false;
  return (hasNamesake) => {
    if (hasNamesake && isOwn && !isTold) {
      isTold = true;
      onNamesake?.();
    }
    isOwn = true;
  };
}

/** Undefined where no samples are to be kept. */
function samplerOf(
  { max_samples: samplesMax, sample_interval_ms: intervalMs }: RememberConfig,
  ports: RememberPorts,
  redactor: ShownTexts,
): Sampler | undefined {
  return samplesMax === 0 ? undefined : createSampler({ ...ports, redactor, intervalMs });
}

/** What the message was compared with, where being new is what counts most. */
function nearestIn({ contributions }: Verdict): string | undefined {
  const strongest = contributions[0]?.evidence;
  return strongest?.detector === "new-template" ? strongest.nearest : undefined;
}

function verdictsByRecord({ findings }: Judged): ReadonlyMap<number, Verdict> {
  const verdicts = new Map<number, Verdict>();
  for (const { recordIndex, verdict } of findings)
    if (recordIndex !== undefined) verdicts.set(recordIndex, verdict);
  return verdicts;
}
