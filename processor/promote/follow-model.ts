import { StoreError } from "../../store/store.ts";
import type { ModelVersion } from "../../store/training.ts";
import type { LearningPorts } from "./learning-ports.ts";
import { withoutPlaces } from "./without-places.ts";

/** How soon weights that could not be loaded are tried again, where other stages use them. */
const RETRY_MS = 60_000;

/** Brings a stage to the weights that are to be used. */
export interface ModelFollower {
  /** Rejects with the store's error; weights that cannot be loaded are none. */
  follow(): Promise<void>;
  /** Whether there is something to be tried again. */
  isDue(): boolean;
}

/**
 * Where nobody else follows the store, weights that cannot be loaded make room for those that are in use. Among several stages each goes on
 * with its own, says so, and tries again: what one of them lacks is no reason for the others to go back.
 */
export function createModelFollower(ports: LearningPorts): ModelFollower {
  const { store, scorer, shelf, log, now, elapsed, isShared } = ports;
  let failed: { readonly version: string; readonly atMs: number } | undefined;
  let offered: string | undefined;

  const isDue = () => failed !== undefined && elapsed() - failed.atMs >= RETRY_MS;
  const giveUp = async ({ version }: ModelVersion, error: unknown) => {
    const details = { model: version, instead: scorer.version, reason: String(error) };
    log.error(details, "weights cannot be loaded; those in use stay");
    const problem = withoutPlaces(String(error), shelf.places);
    if (!isShared) return store.replaceUnusableModel(version, problem, scorer.version, now());
    failed = { version, atMs: elapsed() };
    return store.noteModelProblem(version, `${ports.instance}: ${problem}`);
  };
  /** Others may not have them: those of an earlier version of logbert, or of a stage that was alone. */
  const offer = async ({ version, origin }: ModelVersion) => {
    if (origin === "configured" || offered === version) return;
    await shelf.share(version);
    offered = version;
  };
  /** Answers whether the stage has them now. */
  const change = async (active: ModelVersion) => {
    try {
      await scorer.replace(await ports.openModel(await shelf.bring(active)));
    } catch (error) {
      if (error instanceof StoreError) throw error;
      await giveUp(active, error);
      return false;
    }
    log.info({ model: scorer.version }, "other weights are in use");
    if (failed?.version === active.version) await store.noteModelProblem(active.version, undefined);
    failed = undefined;
    await clearOthers(ports);
    return true;
  };
  return {
    async follow() {
      const active = await store.activeModel();
      if (active === undefined) return;
      if (failed?.version === active.version && !isDue()) return;
      if (shelf.versionFor(active) === scorer.version || (await change(active))) await offer(active);
    },
    isDue,
  };
}

/** What other stages have forgotten since. */
async function clearOthers({ store, scorer, shelf }: LearningPorts): Promise<void> {
  const versions = (await store.models()).map(({ version }) => version);
  await shelf.keepOnly([...versions, scorer.version]);
}
