import type { Store } from "../../store/store.ts";
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
}

/**
 * The weights that were in use when the stage last ran. When the configuration names others than then, these. Weights that
 * cannot be loaded make room for those that they replaced; rejects when the configured ones cannot be loaded either.
 */
export async function openActiveModel(ports: ActiveModelPorts): Promise<RunningScorer> {
  const { store, shelf, configured, openModel, log, now } = ports;
  const models = await store.models();
  if (!models.some(({ version, origin }) => origin === "configured" && version === configured)) {
    if (models.length > 0)
      log.info({ model: configured }, "the configuration names other weights than before");
    await store.configureModel(configured, now());
  }
  for (;;) {
    const active = await store.activeModel();
    if (active === undefined || active.origin === "configured")
      return openModel(shelf.directoryOf({ version: configured, origin: "configured" }));
    try {
      return await openModel(shelf.directoryOf(active));
    } catch (error) {
      const instead = active.previousVersion ?? configured;
      log.error(
        { model: active.version, instead, reason: String(error) },
        "the weights in use cannot be loaded: those before them are used",
      );
      const problem = withoutPlaces(String(error), shelf.places);
      await store.replaceUnusableModel(active.version, problem, instead, now());
    }
  }
}
