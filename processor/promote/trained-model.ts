import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { TrainerError } from "./run-trainer.ts";

/** What a trainer left in its directory. */
export interface TrainedModel {
  readonly version: string;
  /** Mean loss on the same held-out events, in nats: of the weights that it started from, and of the new ones. */
  readonly heldOutLossBefore: number;
  readonly heldOutLossAfter: number;
  /** All that it says of itself, as JSON text. */
  readonly report: string;
}

const score = z.looseObject({ loss: z.number() });

/** `config.json` of a trained directory, as far as a promotion depends on it. The version becomes a directory's name. */
const trainedConfig = z.looseObject({
  version: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$/),
  training_report: z.looseObject({ heldOut: z.looseObject({ before: score, after: score }) }),
});

/** Reads a trained directory's description. Rejects with a {@link TrainerError} that names the field. */
export async function readTrainedModel(directory: string): Promise<TrainedModel> {
  const path = join(directory, "config.json");
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new TrainerError(`the trainer left no readable ${path}`, { cause });
  }
  const parsed = trainedConfig.safeParse(json);
  if (!parsed.success)
    throw new TrainerError(`the trainer's config.json is not as expected: ${z.prettifyError(parsed.error)}`);
  const { version, training_report: report } = parsed.data;
  return {
    version,
    heldOutLossBefore: report.heldOut.before.loss,
    heldOutLossAfter: report.heldOut.after.loss,
    report: JSON.stringify(report),
  };
}
