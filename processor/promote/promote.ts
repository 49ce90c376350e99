import type { ModelVersion, TrainingRun } from "../../store/training.ts";
import type { SwappableScorer } from "../inference/swappable-scorer.ts";
import { objectionTo } from "../learn/judge-gains.ts";
import type { LearningPorts } from "./learning-ports.ts";
import type { TrainedModel } from "./trained-model.ts";
import { whileAway } from "./while-away.ts";

/** How a run with a trained directory ends. */
type Ending = Pick<TrainingRun, "state" | "message">;

/**
 * Puts trained weights in use when they beat the ones that they were trained from, by more than chance and at no
 * service's cost; else they go. Loads them before anything is
 * decided, so that weights that cannot be used are never written down as the active ones.
 * Rejects, with the weights in use unchanged, when they cannot be loaded or the store cannot be written, which is waited for until the
 * signal is aborted, for a minute at most.
 */
export async function promote(
  run: TrainingRun,
  { version, comparison }: Pick<TrainedModel, "version" | "comparison">,
  trainedDirectory: string,
  ports: LearningPorts,
  signal: AbortSignal,
): Promise<Ending> {
  const objection = objectionTo(comparison);
  if (objection !== undefined) return { state: "REJECTED", message: objection };
  const { store, shelf, scorer, now } = ports;
  const models = await whileAway(store.models, signal);
  if (models.some((model) => model.version === version))
    throw new Error(`there are weights with the name ${version} already`);
  const place = await shelf.put(version, trainedDirectory);
  const ending: Ending = { state: "PROMOTED", message: undefined };
  const putInUse = async () => {
    await shelf.share(version);
    return store.promoteModel({ version, run: { ...run, ...ending }, holder: ports.holder }, now());
  };
  try {
    const next = await ports.openModel(place);
    const isPromoted = await whileAway(putInUse, signal).catch(async (error) => {
      await next.close();
      throw error;
    });
    if (isPromoted) {
      await scorer.replace(next);
      return ending;
    }
    await next.close();
  } catch (error) {
    await shelf.remove(version);
    throw error;
  }
  await shelf.remove(version);
  return { state: "REJECTED", message: "other weights were put in use while these were trained" };
}

/** What of a stage clears its shelf. */
interface ShelfPorts {
  readonly store: Pick<LearningPorts["store"], "models" | "forgetModel">;
  readonly shelf: Pick<LearningPorts["shelf"], "remove">;
  readonly scorer: Pick<SwappableScorer, "version">;
}

/** Deletes trained weights that no rollback will reach: those that were given up, and those behind the last `keep`. Those that the
 * scorer has stay even when they were given up a moment ago: what replaces them may turn out to be unusable. */
export async function clearShelf({ store, shelf, scorer }: ShelfPorts, keep: number): Promise<void> {
  const models = await store.models();
  const configured = models.find(({ origin }) => origin === "configured");
  if (configured === undefined) return;
  const kept = [...chainOf(models).slice(0, keep), scorer.version];
  for (const { version, origin } of models) {
    if (origin === "configured" || kept.includes(version)) continue;
    // Somebody may have gone back to them since they were listed.
    if (await store.forgetModel(version, configured.version)) await shelf.remove(version);
  }
}

/** The active weights, those that they replaced, and so on. */
function chainOf(models: readonly ModelVersion[]): readonly string[] {
  const byVersion = new Map(models.map((model) => [model.version, model]));
  const chain: string[] = [];
  let model = models.find(({ isActive }) => isActive);
  while (model !== undefined && !chain.includes(model.version)) {
    chain.push(model.version);
    model = byVersion.get(model.previousVersion ?? "");
  }
  return chain;
}
