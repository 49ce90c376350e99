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
  /** Only while this one carries the run out; undefined: whoever does. */
  readonly holder?: string | undefined;
}

/** A claim to be the one process that carries the open run out. */
export interface TrainingClaim {
  /** A name that no other process has. */
  readonly holder: string;
  /** Whoever has not been heard of since this revision of the run is gone; undefined: nobody is known to be. */
  readonly deadRevision: number | undefined;
}

/** Where the open run is. */
export interface TrainingTurn {
  readonly isQueued: boolean;
  /** Another one each time that who carries it out is heard of. */
  readonly revision: number;
}

/** A part of a file of trained weights, counted from 0. */
export interface ModelPart {
  readonly name: string;
  readonly part: number;
  readonly bytes: number;
}

/** A recorded file of which all parts are there. */
export interface Recording {
  /** ULID: sorts by time. */
  readonly id: string;
  readonly bytes: number;
  readonly parts: number;
}

/** Bytes of a part at most: what is read and written at a time. */
export const PART_BYTES_MAX = 256 * 1024;

/** Part of the store: trainings, what they learn from, and the weights that they make. */
export interface TrainingStore {
  /** Asks for a run of the trainer; answers the open one when there is one: one at a time is carried out. */
  requestTraining(request: TrainingRequest): Promise<TrainingRun>;
  openTrainingRun(): Promise<TrainingRun | undefined>;
  /** Cheap enough to be asked again and again; undefined where no run is open. */
  trainingTurn(): Promise<TrainingTurn | undefined>;
  /**
   * Makes the open run the holder's where it is queued, or where whoever carried it out is gone: once it is begun anew then, and fails the
   * second time. What an earlier holder left of weights that were never put in use goes. Undefined where there is nothing for the holder
   * to do.
   */
  claimTraining(claim: TrainingClaim, atMs: number): Promise<TrainingRun | undefined>;
  /** Puts a run that the holder carries out back into the queue, as if it had not begun. */
  returnTraining(id: string, holder: string): Promise<void>;
  /** Newest first, paged by id. */
  trainingRuns(page: {
    readonly first: number;
    readonly after?: string | undefined;
  }): Promise<readonly TrainingRun[]>;
  /** Writes down how far a run is. False, with nothing changed, where a holder is given who does not carry it out (any more). */
  saveTrainingRun(run: TrainingRun, holder?: string): Promise<boolean>;

  /** Newest first. */
  models(): Promise<readonly ModelVersion[]>;
  activeModel(): Promise<ModelVersion | undefined>;
  /** Puts a configured model in use, in the place of the one that was configured before. */
  configureModel(version: string, atMs: number): Promise<void>;
  /** Puts new weights in use and stores their run. False, and nothing is changed, when the weights that the run started from
   * are no longer the active ones, or another one carries the run out. */
  promoteModel(promotion: Promotion, atMs: number): Promise<boolean>;
  /** Brings back what the active weights replaced and marks their run; undefined when they replaced nothing, or are not `from`. */
  rollbackModel(atMs: number, from?: string): Promise<ModelVersion | undefined>;
  /** Notes that weights could not be loaded, and puts others in use instead. */
  replaceUnusableModel(version: string, problem: string, instead: string, atMs: number): Promise<void>;
  /** Notes that weights could not be loaded somewhere, or, undefined, that they could. */
  noteModelProblem(version: string, problem: string | undefined): Promise<void>;
  /** Forgets weights that are not in use, with their files; who would go back to them goes back to `instead`. False, with nothing
   * changed, when they are in use. */
  forgetModel(version: string, instead: string): Promise<boolean>;

  /** Adds a part of a file of weights; one that is there stays. Its buffer is handed over: the caller must not read it again. */
  saveModelPart(version: string, name: string, part: number, content: Uint8Array): Promise<void>;
  /** The parts that there are of weights, by name and number; no more than `limit`. */
  modelParts(version: string, limit: number): Promise<readonly ModelPart[]>;
  /** Undefined also where it is too large. */
  modelPart(version: string, name: string, part: number): Promise<Uint8Array | undefined>;
  /** Deletes the parts of these weights, unless there are such weights. */
  dropModelParts(version: string): Promise<void>;

  /** Adds a part of a recorded file; one that is there stays. Its buffer is handed over as well. */
  saveRecordingPart(id: string, part: number, content: Uint8Array): Promise<void>;
  /**
   * Shows a recorded file of which all parts are there, and deletes the oldest while all of them together have more than `bytesMax`. False,
   * with nothing changed, where parts are missing.
   */
  finishRecording(id: string, parts: number, bytesMax: number): Promise<boolean>;
  /** Oldest first. */
  recordings(): Promise<readonly Recording[]>;
  /** Undefined also where it is too large. */
  recordingPart(id: string, part: number): Promise<Uint8Array | undefined>;
}
