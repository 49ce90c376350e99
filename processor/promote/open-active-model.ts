import type { Store } from "../../store/store.ts";
import type { ModelVersion } from "../../store/training.ts";
import type { RunningScorer } from "../inference/worker-client.ts";
import type { Log } from "../telemetry/log.ts";
import type { ModelShelf } from "./model-shelf.ts";
import { withoutPlaces } from "./without-places.ts";

/** What the first weights of a stage are opened with. */
export interface ActiveModelPorts {
  readonly store: Store;
  readonly shelf: ModelShelf;
  /** Version of the weights that the configuration names. */
  readonly configured: string;
  readonly openModel: (directory: string) => Promise<RunningScorer>;
  readonly log: Log;
  readonly now: () => number;
  /** The name of this stage, for people. */
  readonly instance: string;
  /** Whether other stages may follow the same store. */
  readonly isShared: boolean;
}

/**
 * The weights that were in use when the stage last ran. When the configuration names others than then, these. Weights that
 * cannot be loaded make room for those that they replaced, in this stage alone where others may use them; rejects when the configured
 * ones cannot be loaded either.
 */
export async function openActiveModel(ports: ActiveModelPorts): Promise<RunningScorer> {
  const { store, shelf, configured, openModel, log } = ports;
  const models = await store.models();
  if (!models.some(({ version, origin }) => origin === "configured" && version === configured)) {
    if (models.length > 0)
      log.info({ model: configured }, "the configuration names other weights than before");
    await store.configureModel(configured, ports.now());
  }
  const tried = new Set<string>();
  let model = await store.activeModel();
  while (model?.origin === "trained" && !tried.has(model.version)) {
    try {
      return await openModel(await shelf.bring(model));
    } catch (error) {
      tried.add(model.version);
      model = await next(model, error, ports);
    }
  }
  return openModel(await shelf.bring({ version: configured, origin: "configured" }));
}

/** What is tried instead. */
async function next(
  { version, previousVersion }: ModelVersion,
  error: unknown,
  { store, shelf, configured, log, now, instance, isShared }: ActiveModelPorts,
): Promise<ModelVersion | undefined> {
  const instead = previousVersion ?? configured;
  const details = { model: version, instead, reason: String(error) };
  log.error(details, "the weights in use cannot be loaded: those before them are used");
  const problem = withoutPlaces(String(error), shelf.places);
  if (!isShared) {
    await store.replaceUnusableModel(version, problem, instead, now());
    return store.activeModel();
  }
  await store.noteModelProblem(version, `${instance}: ${problem}`);
  return (await store.models()).find((model) => model.version === instead);
}
