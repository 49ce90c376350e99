import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Comparison } from "../learn/judge-gains.ts";
import { MODEL_NAME } from "./model-name.ts";
import { TrainerError } from "./run-trainer.ts";

/** What a trainer left in its directory. */
export interface TrainedModel {
  readonly version: string;
  /** Mean loss on the same held-out events, in nats: of the weights that it started from, and of the new ones. */
  readonly heldOutLossBefore: number;
  readonly heldOutLossAfter: number;
  /** The same pair by pair, and what becomes of each service. */
  readonly comparison: Comparison;
  /** All that it says of itself, as JSON text. */
  readonly report: string;
}

const score = z.looseObject({ loss: z.number() });
const gain = z.object({
  mean: z.number(),
  standardError: z.number().min(0),
  questions: z.int().min(0),
  clusters: z.int().min(0),
});
const gains = z.object({ all: gain, services: z.array(z.object({ service: z.string(), gain })) });
const heldOut = z.looseObject({ before: score, after: score, learned: gains, others: gains.optional() });

/** `config.json` of a trained directory, as far as a promotion depends on it. The version becomes a directory's name. */
const trainedConfig = z.looseObject({
  version: z.string().regex(MODEL_NAME),
  training_report: z.looseObject({ heldOut }),
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
    comparison: { learned: report.heldOut.learned, others: report.heldOut.others },
    report: JSON.stringify(report),
  };
}
