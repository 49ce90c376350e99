/** What a service runs. */
export interface DeployedRelease {
  readonly version: string | undefined;
  /** Names the deployment, where its sender does. */
  readonly deployment: string | undefined;
}

/** A message that a release has brought; `count` is an increment. */
export interface NewTemplateDelta {
  readonly templateId: string;
  readonly text: string;
  /** Of its first record: OTLP, 0 to 24. */
  readonly severityNumber: number;
  readonly count: number;
  readonly firstSeenMs: number;
  /** Of its first record, redacted; empty where that came before. */
  readonly body: string;
  /** Of the anomaly or sampled record that one of its records, the first where that could be, is kept as. */
  readonly exampleId: string | undefined;
}

/** What is added to the stored deployment of a service; `records` is an increment. */
export interface DeploymentDelta extends DeployedRelease {
  readonly service: string;
  /** Tells the releases of one service apart. */
  readonly release: string;
  readonly previous: DeployedRelease;
  /** Time of the release's first record, milliseconds since the epoch. */
  readonly startedAtMs: number;
  /** When its learning band closes. */
  readonly untilMs: number;
  /** Of the release, while its band was open. */
  readonly records: number;
  /** No template twice. */
  readonly newTemplates: readonly NewTemplateDelta[];
}

/** Which deployments are listed; what is missing narrows nothing. */
export interface DeploymentFilter {
  readonly service?: string | undefined;
  /** Only those that have brought messages. */
  readonly withNews?: boolean | undefined;
}

/** A release of a service, from its first record on. */
export interface Deployment extends Omit<DeploymentDelta, "newTemplates" | "release"> {
  /** Order of their first records: what pages follow each other by. */
  readonly sequence: number;
  readonly newTemplateCount: number;
}

/** A message that a release has brought, with what was counted of it while the release's band was open. */
export type NewTemplate = NewTemplateDelta;
