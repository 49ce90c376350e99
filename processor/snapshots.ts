import type { Store } from "../store/store.ts";
import type { Judge } from "./calibrate/verdict.ts";
import type { Detector } from "./detect/detector.ts";
import { parseMinerSnapshot } from "./template/snapshot.ts";
import type { MinerSnapshot, TemplateMiner } from "./template/template-miner.ts";

const MINER = "templates";
const JUDGE = "calibration";
const detectorKey = (detector: Detector) => `detector:${detector.name}`;

/** What of the stage survives a restart. */
export interface Remembering {
  readonly miner: TemplateMiner;
  readonly judge: Judge;
  readonly detectors: readonly Detector[];
}

/** The miner's last snapshot, or undefined on a first start or when it cannot be read (told to `onUnusable`). */
export async function loadMinerSnapshot(
  store: Store,
  onUnusable: (name: string, error: unknown) => void,
): Promise<MinerSnapshot | undefined> {
  let snapshot: MinerSnapshot | undefined;
  await loadEach(
    store,
    MINER,
    (state) => {
      snapshot = parseMinerSnapshot(state);
    },
    onUnusable,
  );
  return snapshot;
}

/** Gives the judge and the detectors their last state back; what cannot be read starts empty. */
export async function restoreStates(
  store: Store,
  { judge, detectors }: Remembering,
  onUnusable: (name: string, error: unknown) => void,
): Promise<void> {
  await loadEach(store, JUDGE, (state) => judge.restore(state), onUnusable);
  for (const detector of detectors) {
    await loadEach(store, detectorKey(detector), (state) => detector.restore(state), onUnusable);
  }
}

/**
 * Writes down the state of everything that learns. A part that cannot be written keeps no other from it; rejects at the end
 * with the first error.
 */
export async function saveSnapshots(
  store: Pick<Store, "saveSnapshot">,
  { miner, judge, detectors }: Remembering,
  nowMs: number,
): Promise<void> {
  const parts: readonly (readonly [name: string, state: () => unknown])[] = [
    [MINER, () => miner.snapshot()],
    [JUDGE, () => judge.snapshot()],
    ...detectors.map((detector) => [detectorKey(detector), () => detector.snapshot()] as const),
  ];
  const failures: unknown[] = [];
  for (const [name, stateOf] of parts) {
    try {
      const state = stateOf();
      if (state !== undefined) await store.saveSnapshot(name, JSON.stringify(state), nowMs);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

async function loadEach(
  store: Store,
  name: string,
  restore: (state: unknown) => void,
  onUnusable: (name: string, error: unknown) => void,
): Promise<void> {
  const json = await store.snapshot(name);
  if (json === undefined) return;
  try {
    restore(JSON.parse(json));
  } catch (error) {
    onUnusable(name, error);
  }
}
