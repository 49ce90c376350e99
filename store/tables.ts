import type { Generated } from "kysely";

/** The tables as they are stored, one interface a table; see migrations/ for their keys and indexes. All times are milliseconds. */
export interface Tables {
  anomalies: AnomaliesTable;
  anomaly_aliases: AnomalyAliasesTable;
  incidents: IncidentsTable;
  feedback: FeedbackTable;
  services: ServicesTable;
  templates: TemplatesTable;
  score_histograms: ScoreHistogramsTable;
  score_hours: ScoreHoursTable;
  thresholds: ThresholdsTable;
  threshold_history: ThresholdHistoryTable;
  stage_status: StageStatusTable;
  secrets: SecretsTable;
  snapshots: SnapshotsTable;
  service_memories: ServiceMemoriesTable;
  sightings: SightingsTable;
  journal: JournalTable;
  training_runs: TrainingRunsTable;
  models: ModelsTable;
  model_parts: ModelPartsTable;
  recordings: RecordingsTable;
  recording_parts: RecordingPartsTable;
  revisions: RevisionsTable;
  alert_channels: AlertChannelsTable;
  alert_lease: AlertLeaseTable;
  alerts: AlertsTable;
  outbox: OutboxTable;
  llm_explanations: LlmExplanationsTable;
  llm_calls: LlmCallsTable;
  deployments: DeploymentsTable;
  new_templates: NewTemplatesTable;
}

export interface AnomaliesTable {
  id: string;
  time_ms: number;
  service: string;
  stream: string;
  severity_number: number;
  severity_text: string;
  body: string;
  /** Null in what an earlier version stored. */
  kind: string | null;
  template_id: string;
  template: string;
  score: number;
  threshold: number;
  model_version: string;
  trace_id: string | null;
  /** JSON of an Explanation. */
  explanation: string;
  /** JSON of WindowEvents. */
  window_events: string;
  /** 0 for a sampled record that did not alert. */
  is_alert: number;
  /** What a sampled record stands for; another one may take its place. */
  sample_slot: string | null;
  incident_id: string | null;
  /** Of the batch that put it into its incident. */
  revision: Generated<number>;
  /** The same of what is found again, by whichever stage; null where nothing tells. */
  fingerprint: string | null;
}

/** Names that stages gave what another had stored already. */
interface AnomalyAliasesTable {
  id: string;
  anomaly_id: string;
}

export interface IncidentsTable {
  id: string;
  service: string;
  started_at_ms: number;
  last_at_ms: number;
  anomalies: number;
  max_score: number;
  severity_number: number;
  strongest_id: string;
  /** JSON of IncidentTemplates. */
  templates: string;
  /** Of the batch that changed it last, and of the one that began it; 0 before there were revisions. */
  revision: Generated<number>;
  begun_revision: Generated<number>;
  /** 1 once a process has taken it on itself to ask a language model about it. */
  is_asked_about: Generated<number>;
}

interface FeedbackTable {
  id: string;
  anomaly_id: string;
  is_true_anomaly: number;
  note: string | null;
  author: string | null;
  created_at_ms: number;
  undone_at_ms: number | null;
  undone_by: string | null;
  /** Of the change by which it was given or undone last; 0 before there were any. */
  revision: Generated<number>;
}

interface ServicesTable {
  name: string;
  records: number;
  anomalies: number;
  learning_state: string;
  last_seen_ms: number;
}

interface TemplatesTable {
  sequence: Generated<number>;
  service: string;
  id: string;
  text: string;
  count: number;
  first_seen_ms: number;
  last_seen_ms: number;
}

interface ScoreHistogramsTable {
  service: string;
  minute_ms: number;
  /** JSON of [bucket, count] pairs: most of the 200 buckets of a minute are empty. */
  counts: string;
  anomalies: number;
  max_score: number;
}

interface ScoreHoursTable {
  service: string;
  hour_ms: number;
  /** As in {@link ScoreHistogramsTable}. */
  counts: string;
  anomalies: number;
  max_score: number;
  first_minute_ms: number;
  last_minute_ms: number;
}

interface ThresholdsTable {
  service: string;
  mode: string;
  alerts_per_day: number | null;
  value: number;
  updated_at_ms: number;
}

interface ThresholdHistoryTable {
  sequence: Generated<number>;
  service: string;
  mode: string;
  alerts_per_day: number | null;
  value: number | null;
  author: string | null;
  at_ms: number;
  /** The change that was taken back by it. */
  revert_of: number | null;
}

interface StageStatusTable {
  instance: string;
  /** JSON of a StageStatus. */
  status: string;
  started_at_ms: number;
  updated_at_ms: number;
}

/** What the processes over a database share, and nobody else may know. */
interface SecretsTable {
  name: string;
  value: string;
}

interface SnapshotsTable {
  name: string;
  json: string;
  at_ms: number;
  /** It holds what the journal had of its name up to this sequence. */
  journaled: number;
}

interface ServiceMemoriesTable {
  service: string;
  json: string;
  at_ms: number;
  /** 1: the stage that saved it has ended with it, and no other one has taken it since. */
  is_last: number;
}

interface SightingsTable {
  service: string;
  instance: string;
  seen_ms: number;
  revision: number;
}

interface JournalTable {
  sequence: Generated<number>;
  name: string;
  /** Null: of all services together. */
  service: string | null;
  /** Of what was learned for the first time. */
  json: string;
  /** The running stage that wrote it. */
  writer: string;
  at_ms: number;
}

interface TrainingRunsTable {
  id: string;
  service: string | null;
  state: string;
  is_open: number | null;
  created_at_ms: number;
  started_at_ms: number | null;
  finished_at_ms: number | null;
  progress: number;
  loss: number | null;
  held_out_loss_before: number | null;
  held_out_loss_after: number | null;
  /** JSON, as the trainer wrote it. */
  report: string | null;
  model_before: string | null;
  model_after: string | null;
  message: string | null;
  /** Who carries it out; another revision each time that this one is heard of. */
  holder: string | null;
  revision: Generated<number>;
  /** How often another one has taken it over. */
  takeovers: Generated<number>;
}

interface ModelsTable {
  version: string;
  origin: string;
  previous_version: string | null;
  training_run_id: string | null;
  created_at_ms: number;
  activated_at_ms: number | null;
  is_active: number | null;
  problem: string | null;
}

/** Files of trained weights, cut into parts that are counted from 0. */
export interface ModelPartsTable {
  version: string;
  name: string;
  part: number;
  content: Uint8Array;
}

/** Recorded files of which all parts are there. */
interface RecordingsTable {
  /** ULID: sorts by time. */
  id: string;
  bytes: number;
  parts: number;
}

interface RecordingPartsTable {
  id: string;
  part: number;
  content: Uint8Array;
}

interface RevisionsTable {
  name: string;
  value: number;
}

interface AlertChannelsTable {
  name: string;
  /** When it came, and how far it has looked at incidents and at what no record carries, in revisions of incidents. */
  begun_revision: number;
  seen_revision: number;
  events_revision: number;
  /** The receiver is left alone until then. */
  paused_until_ms: Generated<number>;
  last_sent_at_ms: number | null;
  failing_since_ms: number | null;
  last_error: string | null;
  /** Of the last message about the detector. */
  health_key: string | null;
}

interface AlertLeaseTable {
  id: number;
  /** Empty: nobody. */
  holder: string;
  /** Another one each time that it is taken, prolonged or given back. */
  revision: number;
}

export interface AlertsTable {
  channel: string;
  incident_id: string;
  service: string;
  state: string;
  created_at_ms: number;
  changed_at_ms: number;
  is_held_back: number;
  opened_at_ms: number | null;
  /** JSON of a Told. */
  told: string | null;
  messages: number;
  /** Of the last message about it: of an incident one waits at a time. */
  message_key: string | null;
}

export interface OutboxTable {
  sequence: Generated<number>;
  channel: string;
  key: string;
  kind: string;
  /** JSON, as the alerts wrote it. */
  notice: string;
  state: string;
  created_at_ms: number;
  finished_at_ms: number | null;
  attempts: number;
  /** When it was first tried in vain. */
  failed_at_ms: number | null;
  due_at_ms: number;
  error: string | null;
}

interface LlmExplanationsTable {
  key: string;
  anomaly_id: string;
  provider: string;
  model: string;
  /** Null where nothing was sent. */
  prompt: string | null;
  created_at_ms: number;
  prompt_tokens: number | null;
  answer_tokens: number | null;
  /** JSON of an LlmAnswer or an LlmFailure. */
  outcome: string;
}

interface LlmCallsTable {
  sequence: Generated<number>;
  at_ms: number;
}

interface DeploymentsTable {
  sequence: Generated<number>;
  service: string;
  release: string;
  version: string | null;
  deployment: string | null;
  previous_version: string | null;
  previous_deployment: string | null;
  started_at_ms: number;
  until_ms: number;
  records: number;
}

export interface NewTemplatesTable {
  service: string;
  release: string;
  template_id: string;
  text: string;
  severity_number: number;
  count: number;
  first_seen_ms: number;
  body: string;
  /** Of a row in anomalies, which may have expired. */
  example_id: string | null;
}
