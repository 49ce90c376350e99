import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ModelVersion } from "../../store/training.ts";

/** Where weights are: the configured ones where they are configured, trained ones in a directory named by their version. */
export interface ModelShelf {
  /** The directories that all weights are in. */
  readonly places: readonly string[];
  directoryOf(model: Pick<ModelVersion, "version" | "origin">): string;
  /** Moves a trained directory to its place; what a crash left there goes. */
  put(version: string, from: string): Promise<void>;
  remove(version: string): Promise<void>;
}

/**
 * @param directory of the trained weights
 * @param configured directory of the configured weights
 */
export function createModelShelf(directory: string, configured: string): ModelShelf {
  const place = (version: string) => join(directory, version);
  return {
    places: [directory, configured],
    directoryOf: ({ version, origin }) => (origin === "configured" ? configured : place(version)),
    async put(version, from) {
      await mkdir(directory, { recursive: true });
      await rm(place(version), { recursive: true, force: true });
      await rename(from, place(version));
    },
    remove: (version) => rm(place(version), { recursive: true, force: true }),
  };
}
