import { dirname } from "node:path";
import type { Config } from "./config.ts";

/** What of a configuration names directories. */
type Places = Pick<Config, "store" | "training">;

/** Where recordings and trained weights are kept. */
export function trainingDirectory({ store, training }: Places): string {
  return training.directory || dirname(store.path);
}

/** The directories that one stage alone may use. */
export function ownDirectories(places: Places): readonly string[] {
  return [dirname(places.store.path), trainingDirectory(places)];
}
