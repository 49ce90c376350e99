/** QUEUED and RUNNING are open; a PROMOTED run is ROLLED_BACK when its model was given up again. */
export type TrainingState = "QUEUED" | "RUNNING" | "PROMOTED" | "REJECTED" | "FAILED" | "ROLLED_BACK";

/** One run of the trainer in the background of a stage. */
export interface TrainingRun {
  /** ULID: sorts by the time that it was asked for. */
  readonly id: string;
  /** The service whose records it learns from; undefined for all of them. */
  readonly service: string | undefined;
  readonly state: TrainingState;
  readonly createdAtMs: number;
  readonly startedAtMs: number | undefined;
  readonly finishedAtMs: number | undefined;
  /** 0 to 1. */
  readonly progress: number;
  /** Training loss as last told, in nats. */
  readonly loss: number | undefined;
  /** Loss of the weights in use and of the new ones on the same held-out records, in nats. */
  readonly heldOutLossBefore: number | undefined;
  readonly heldOutLossAfter: number | undefined;
  /** What the trainer wrote of itself, JSON text. */
  readonly report: string | undefined;
  /** The weights that it started from. */
  readonly modelBefore: string | undefined;
  /** The weights that it made, whether or not they were promoted. */
  readonly modelAfter: string | undefined;
  /** Why it ended as it did, for people; names files, not where on the machine they are. */
  readonly message: string | undefined;
}

/** A run as it is asked for. */
export type TrainingRequest = Pick<TrainingRun, "id" | "service" | "createdAtMs">;

/** configured: named by the configuration, or shipped; trained: made by a run. */
export type ModelOrigin = "configured" | "trained";

/** Weights that the stage can use. */
export interface ModelVersion {
  readonly version: string;
  readonly origin: ModelOrigin;
  /** What a rollback brings back; undefined for a configured model. */
  readonly previousVersion: string | undefined;
  readonly trainingRunId: string | undefined;
  readonly createdAtMs: number;
  /** When it was last put in use; undefined before. */
  readonly activatedAtMs: number | undefined;
  /** True for the one that the stage is to use; one at a time. */
  readonly isActive: boolean;
  /** Why it could not be loaded the last time; names files, not where on the machine they are. */
  readonly problem: string | undefined;
}

/** New weights that beat the ones in use. */
export interface Promotion {
  readonly version: string;
  /** The run that made them, as it is to be stored. */
  readonly run: TrainingRun;
}
