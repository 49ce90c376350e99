import { join } from "node:path";
import { ModelError } from "../processor/inference/model-directory.ts";
import { readModelDirectoryAside } from "../processor/inference/read-aside.ts";
import { recordedFiles } from "../processor/promote/segments.ts";
import { shareRecording, UnreadableRecording } from "../processor/promote/shared-segments.ts";
import { shareWeights } from "../processor/promote/shared-weights.ts";
import { StoreError } from "../store/store.ts";
import type { TrainingStore } from "../store/training.ts";

/** The files that trainings of a stage have left beside its database. */
export interface TrainingFiles {
  /** As training.directory names it. */
  readonly directory: string;
  /** As training.max_bytes says it. */
  readonly bytesMax: number;
  /** Told how many files of recordings, and how many weights, were copied. */
  onCopied(what: string, count: number): void;
  /** Told of weights that no other stage could load, and which are left out for that. */
  onUnusable(version: string, reason: string): void;
}

/** Copies what was recorded, and the trained weights, into the store. Rejects with what went wrong. */
export async function moveTraining(
  store: TrainingStore,
  { directory, bytesMax, onCopied, onUnusable }: TrainingFiles,
): Promise<void> {
  const recorded = await recordedFiles(join(directory, "training"));
  for (const file of recorded)
    await shareRecording(store, file, bytesMax).catch((error: unknown) => {
      if (!(error instanceof UnreadableRecording)) throw error;
      throw new StoreError("other", error.message, "let it be read, or move it away: nothing was copied");
    });
  onCopied("recorded files", recorded.length);
  let weights = 0;
  for (const { version, origin } of await store.models()) {
    if (origin === "configured") continue;
    const place = join(directory, "models", version);
    try {
      await readModelDirectoryAside(place);
      await shareWeights(store, version, place);
      weights += 1;
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      onUnusable(version, error.message);
    }
  }
  onCopied("trained weights", weights);
}
