import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ModelVersion, TrainingStore } from "../../store/training.ts";
import { ModelError } from "../inference/model-directory.ts";
import { readModelDirectoryAside } from "../inference/read-aside.ts";
import { MODEL_NAME } from "./model-name.ts";
import { fetchWeights, shareWeights } from "./shared-weights.ts";

type Named = Pick<ModelVersion, "version" | "origin">;

/** Where weights are: the configured ones where they are configured, trained ones in a directory named by their version. */
export interface ModelShelf {
  /** The directories that all weights are in. */
  readonly places: readonly string[];
  /** The weights that a stage is to use for these: where the configuration names others than that of another stage, its own. */
  versionFor(model: Named): string;
  /** The directory of weights; those that other stages have made are brought there. Rejects with a ModelError where they cannot be. */
  bring(model: Named): Promise<string>;
  /** Moves a trained directory to its place, which is told; what a crash left there goes. */
  put(version: string, from: string): Promise<string>;
  /** Hands weights on the shelf to the other stages, if there may be any. */
  share(version: string): Promise<void>;
  remove(version: string): Promise<void>;
  /** Removes what is on the shelf besides these, where others may have forgotten it. */
  keepOnly(versions: readonly string[]): Promise<void>;
}

/** Where a shelf is. */
export interface ShelfPlace {
  /** Of the trained weights. */
  readonly directory: string;
  readonly configured: { readonly directory: string; readonly version: string };
}

/** What one stage has on its own disk. */
export function createModelShelf({ directory, configured }: ShelfPlace): ModelShelf {
  const place = (version: string) => {
    if (!MODEL_NAME.test(version))
      throw new ModelError(
        "weights have a name that is none of a directory",
        "go back to other weights (rollbackModel)",
      );
    return join(directory, version);
  };
  return {
    places: [directory, configured.directory],
    versionFor: ({ version, origin }) => (origin === "configured" ? configured.version : version),
    bring: async ({ version, origin }) => (origin === "configured" ? configured.directory : place(version)),
    async put(version, from) {
      await mkdir(directory, { recursive: true });
      await rm(place(version), { recursive: true, force: true });
      await rename(from, place(version));
      return place(version);
    },
    share: async () => undefined,
    remove: async (version) => rm(place(version), { recursive: true, force: true }),
    keepOnly: async () => undefined,
  };
}

/** The same for stages that share a database: what one puts there the others bring to their own disks. */
export function createSharedShelf(at: ShelfPlace, store: TrainingStore): ModelShelf {
  const own = createModelShelf(at);
  return {
    ...own,
    async bring(model) {
      const place = await own.bring(model);
      if (model.origin === "configured" || (await isUsable(place))) return place;
      await fetchWeights(store, model.version, place);
      return place;
    },
    async put(version, from) {
      await store.dropModelParts(version);
      return own.put(version, from);
    },
    async share(version) {
      await shareWeights(store, version, await own.bring({ version, origin: "trained" }));
    },
    async remove(version) {
      await own.remove(version);
      await store.dropModelParts(version);
    },
    async keepOnly(versions) {
      const names = await readdir(at.directory).catch(() => []);
      for (const name of names)
        if (!versions.includes(name)) await rm(join(at.directory, name), { recursive: true, force: true });
    },
  };
}

async function isUsable(directory: string): Promise<boolean> {
  return readModelDirectoryAside(directory).then(
    () => true,
    () => false,
  );
}
