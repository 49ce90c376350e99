import type { AlertStore } from "./alert.ts";
import type {
  Anomaly,
  AnomalyCursor,
  AnomalyFilter,
  NormalWindow,
  Sample,
  StoredAnomaly,
} from "./anomaly.ts";
import type { Deployment, DeploymentDelta, DeploymentFilter, NewTemplate } from "./deployment.ts";
import type {
  Feedback,
  FeedbackCounts,
  IncidentFeedback,
  LabelCounts,
  LabelledScore,
  LabellingCandidate,
  NewFeedback,
} from "./feedback.ts";
import type { Incident } from "./incident.ts";
import type { AnomalySubject, LabelPage } from "./label.ts";
import type { LlmStore } from "./llm.ts";
import type { MemoryStore } from "./memory.ts";
import type { Threshold, ThresholdChange, ThresholdSetting } from "./threshold.ts";
import type { TrainingStore } from "./training.ts";

export type LearningState = "learning" | "ready";

export interface ServiceSummary {
  readonly name: string;
  readonly records: number;
  readonly anomalies: number;
  readonly learningState: LearningState;
  readonly lastSeenMs: number;
}

/** What is added to a stored template: `count` is an increment. */
export interface TemplateDelta {
  readonly id: string;
  readonly service: string;
  readonly text: string;
  readonly count: number;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
}

/** A template of one service; several services may have templates with the same id. */
export interface TemplateSummary extends TemplateDelta {
  /** Order of first appearance over all services: what pages of templates follow each other by. */
  readonly sequence: number;
}

/** Scores of one service in one minute, counted in equal buckets of the score from 0 to 1. */
export interface ScoreHistogram {
  readonly service: string;
  readonly minuteMs: number;
  /** Length {@link SCORE_BUCKETS}. */
  readonly counts: readonly number[];
  readonly anomalies: number;
  readonly maxScore: number;
}

/** Buckets of a {@link ScoreHistogram}: bucket i counts scores in [i/200, (i+1)/200), the last one includes 1. */
export const SCORE_BUCKETS = 200;

/** The scores of a service over a time, added up. */
export interface ScoreTotals {
  /** Length {@link SCORE_BUCKETS}. */
  readonly counts: readonly number[];
  /** The first and the last minute with scores; undefined without any. */
  readonly firstMinuteMs: number | undefined;
  readonly lastMinuteMs: number | undefined;
}

/** What a running stage says of itself, a heartbeat every few seconds. */
export interface StageStatus {
  /** Its name among those that share the store. */
  readonly instance: string;
  readonly version: string;
  readonly modelVersion: string;
  readonly startedAtMs: number;
  readonly updatedAtMs: number;
  /** Whether that was its last word: it has stopped in order since. */
  readonly hasStopped?: boolean | undefined;
  readonly recordsPerSecond: number;
  readonly forwardEndpoint: string | undefined;
  readonly forwardState: "sink" | "ok" | "retrying" | "refusing" | "unknown";
  /** Whether the next hop could be connected to lately; undefined before that is known. */
  readonly isForwardReachable?: boolean | undefined;
  /** Whether the brokers that it reads from could be lately; undefined where it reads from none. */
  readonly isKafkaReachable?: boolean | undefined;
  /** How judging goes; undefined from a stage of an earlier version. */
  readonly scoring?: ScoringStatus | undefined;
  /** Anomalies that people have judged, as far as the verdicts follow them. */
  readonly labels?: number | undefined;
  /** What those labels make of each detector; none: all count alike. */
  readonly detectorWeights?: readonly DetectorWeight[] | undefined;
  /** Whether the detector finds what it should; undefined from a stage of an earlier version. */
  readonly canary?: CanaryStatus | undefined;
}

/** How the detector does on sequences of which is known what it should say. */
export interface CanaryStatus {
  /** off: it is not tried; waiting: it has not been tried yet, or had no time for it lately; collapsed: it finds too few of the odd ones. */
  readonly state: "off" | "waiting" | "well" | "collapsed";
  /** Of the last run: share of the odd sequences that were found, and of the normal ones that would have been flagged, 0 to 1. */
  readonly recallRatio?: number | undefined;
  /** What that recall had to be at least. */
  readonly requiredRatio?: number | undefined;
  readonly falseAlarmRatio?: number | undefined;
  /** When that was; undefined before the first run since the stage started. */
  readonly checkedAtMs?: number | undefined;
  /** When it last collapsed, and when it was well again after that; milliseconds since the epoch. */
  readonly collapsedAtMs?: number | undefined;
  readonly recoveredAtMs?: number | undefined;
  /** What the detector usually finds, of each service: by that a restarted stage goes on. The service tried last comes last. */
  readonly usual?: readonly ServiceRecall[] | undefined;
}

/** Services at most of which it is known what is usually found. */
export const USUAL_SERVICES_MAX = 64;

/** What is usually found of a service's odd sequences. */
export interface ServiceRecall {
  readonly service: string;
  /** Runs that it was learned from. */
  readonly runs: number;
  /** Share that was found in them, 0 to 1. */
  readonly meanRatio: number;
}

/** How much a detector counts: 1 as much as all do on average. */
export interface DetectorWeight {
  readonly detector: string;
  readonly weight: number;
}

/** How judging goes, by what happened to records lately. */
export interface ScoringStatus {
  /** degraded: without some detector; shedding: records pass without a verdict. */
  readonly state: "scoring" | "degraded" | "shedding";
  /** Shares of the last minute's records. */
  readonly unscoredRatio: number;
  readonly degradedRatio: number;
}

/** Keyset pagination, newest first: `after` is the key of the last row of the page before. */
export interface Page<Key> {
  readonly first: number;
  readonly after?: Key | undefined;
}

/** One batch of what the stage learned; written in one transaction. */
export interface StageBatch {
  /** They alert, and are put into incidents. */
  readonly anomalies: readonly Anomaly[];
  readonly samples: readonly Sample[];
  readonly histograms: readonly ScoreHistogram[];
  readonly services: readonly ServiceDelta[];
  readonly templates: readonly TemplateDelta[];
  /** Undefined: none. */
  readonly deployments?: readonly DeploymentDelta[] | undefined;
  readonly thresholds: readonly { readonly service: string; readonly value: number }[];
  readonly status: StageStatus | undefined;
}

/** What a stage learns from writing a batch. */
export interface SavedBatch {
  /** Another stage that has started later writes under this one's name. */
  readonly hasNamesake: boolean;
}

/** Added to what is stored: `records` and `anomalies` are increments, as are the `counts` of histograms. */
export interface ServiceDelta {
  readonly name: string;
  readonly records: number;
  readonly anomalies: number;
  readonly learningState: LearningState;
  readonly lastSeenMs: number;
}

/** What is kept. */
export interface Retention {
  /** Older anomalies, scores, incidents, templates and runs are deleted. */
  readonly beforeMs: number;
  /** What people have labelled is kept until it is older than this. */
  readonly labelledBeforeMs: number;
  readonly samplesMax: number;
}

/** Everything that outlives a restart; every database implements it alike. All times are whole milliseconds since the epoch.
 * Methods reject with a {@link StoreError} only. */
export interface Store extends AlertStore, LlmStore, MemoryStore, TrainingStore {
  /** What another stage has found and stored before, as its fingerprint tells, is neither stored nor counted again. */
  saveBatch(batch: StageBatch): Promise<SavedBatch>;

  /** Newest first, paged by id. */
  anomalies(filter: AnomalyFilter, page: Page<string>): Promise<readonly StoredAnomaly[]>;
  /** An anomaly or a sampled record, also by the id that another stage has given it. */
  anomaly(id: string): Promise<StoredAnomaly | undefined>;
  /** The same of many, in any order. */
  anomaliesById(ids: readonly string[]): Promise<readonly StoredAnomaly[]>;
  /** Anomalies in the order in which they were stored, and where it goes on behind them: what a live view polls. */
  anomaliesSince(
    after: AnomalyCursor,
    limit: number,
  ): Promise<{ readonly anomalies: readonly StoredAnomaly[]; readonly next: AnomalyCursor }>;
  /** Behind all that are stored now. */
  anomalyCursor(): Promise<AnomalyCursor>;
  countAnomalies(filter: AnomalyFilter): Promise<number>;
  /** Those of which an anomaly matches, the last to begin first, paged by id; unlabelled are those of which nothing is said of any. */
  incidents(filter: AnomalyFilter, page: Page<string>): Promise<readonly Incident[]>;
  /** In any order. */
  incidentsById(ids: readonly string[]): Promise<readonly Incident[]>;
  /** What the strongest anomalies of an incident are about, the strongest first. */
  incidentSubjects(incidentId: string, limit: number): Promise<readonly AnomalySubject[]>;
  /** Windows of usual samples of a service that nobody called anomalous, newest first. */
  normalWindows(service: string, limit: number): Promise<readonly NormalWindow[]>;

  services(): Promise<readonly ServiceSummary[]>;
  /** Newest first, paged by sequence. */
  templates(service: string | undefined, page: Page<number>): Promise<readonly TemplateSummary[]>;
  /** Releases of services, newest first, paged by sequence. */
  deployments(filter: DeploymentFilter, page: Page<number>): Promise<readonly Deployment[]>;
  /** What one of them has brought, the most severe first, then in the order of their first records. */
  newTemplates(deploymentSequence: number, limit: number): Promise<readonly NewTemplate[]>;
  scoreHistograms(
    service: string | undefined,
    fromMs: number,
    toMs: number,
  ): Promise<readonly ScoreHistogram[]>;
  /** The same by the hour: `minuteMs` is the hour's beginning. */
  scoreHours(
    services: readonly string[] | undefined,
    fromMs: number,
    toMs: number,
  ): Promise<readonly ScoreHistogram[]>;
  scoreTotals(service: string, fromMs: number, toMs: number): Promise<ScoreTotals>;

  /** All of it or nothing; false when there is no such anomaly. */
  addFeedback(...feedback: readonly NewFeedback[]): Promise<boolean>;
  /** False when there is no such feedback, or it was undone before. */
  undoFeedback(id: string, atMs: number, by: string | undefined): Promise<boolean>;
  /** What stands, oldest first; what was taken back as well, where it is asked for. */
  feedbackFor(anomalyIds: readonly string[], includeUndone?: boolean): Promise<readonly Feedback[]>;
  /** What stands of the anomalies of incidents, oldest first. */
  feedbackForIncidents(incidentIds: readonly string[]): Promise<readonly IncidentFeedback[]>;
  /** The incidents of which something was said, or taken back, after that change, and the last such change. */
  incidentsJudgedSince(
    revision: number,
  ): Promise<{ readonly incidentIds: readonly string[]; readonly revision: number }>;
  /** Behind all that was said up to now. */
  judgedRevision(): Promise<number>;
  /** Feedback ever given, undone or not. */
  countFeedback(): Promise<FeedbackCounts>;
  /** Labelled records by the last word on each, for each service and template with any. */
  labelCounts(service: string | undefined): Promise<readonly LabelCounts[]>;
  /** What could be labelled and is not: of each service and template the newest 20, the newest of each before the second newest of any. */
  labellingCandidates(service: string | undefined, limit: number): Promise<readonly LabellingCandidate[]>;
  /** Every standing feedback of a service with the score that its anomaly had. */
  labelledScores(service: string, fromMs?: number, toMs?: number): Promise<readonly LabelledScore[]>;
  /** Of each anomaly with standing feedback the latest word, newest first, paged by `next`. */
  labels(page: Page<string>): Promise<LabelPage>;
  /** Changes whenever a label does; costs next to nothing. */
  labelsRevision(): Promise<string>;

  threshold(service: string): Promise<Threshold | undefined>;
  thresholds(): Promise<readonly Threshold[]>;
  /** Sets how a service's threshold is found, and keeps the change in the history. Outside mode `manual` the value
   * stays until the stage has computed the new one. Undefined, with nothing changed, when the setting is based on a change that is not
   * the last one. */
  setThreshold(setting: ThresholdSetting, atMs: number): Promise<Threshold | undefined>;
  /** What people changed, newest first, paged by id. */
  thresholdChanges(service: string, page: Page<string>): Promise<readonly ThresholdChange[]>;
  thresholdChange(id: string): Promise<ThresholdChange | undefined>;

  /** The last heartbeat of each stage that was heard of within a day, by name. */
  statuses(): Promise<readonly StageStatus[]>;

  /** A secret that the processes over a database share: the first one that is proposed under a name stays. */
  keptSecret(name: string, proposal: string): Promise<string>;

  /** A number that grows whenever somebody has set or asked for something (a threshold, a label, a training, other weights), an anomaly
   * was stored, or what is too old was deleted: what a poller watches. */
  changeCounter(): Promise<number>;
  /** Deletes what is older than the retention, and the oldest samples over their number. */
  expire(retention: Retention): Promise<void>;
  close(): Promise<void>;
}

/** What went wrong with the database, with what to do about it. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: "locked" | "unreachable" | "corrupt" | "newer-schema" | "full" | "other";
  readonly remedy: string;
  constructor(code: StoreError["code"], message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.remedy = remedy;
  }
}
