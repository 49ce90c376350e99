import { join } from "node:path";
import { build } from "vite";
import { apiConfig } from "../../api/config.ts";
import { type RunningApi, startApi } from "../../api/server.ts";
import { openStore } from "../../store/open-store.ts";
import type { Store } from "../../store/store.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";

/** The real API with the built UI over a real database of its own. */
export interface Product {
  readonly url: string;
  /** What a stage would write to. */
  readonly store: Store;
  /** Stops the API as if it had crashed, keeping the database. */
  stopApi(): Promise<void>;
  /** Starts the API anew at the same address. */
  startApi(): Promise<void>;
  close(): Promise<void>;
}

/** Builds the UI once; returns the directory that the API serves. */
export async function buildUi(): Promise<string> {
  const outDir = temporaryDirectory("logbert-ui");
  await build({
    root: join(import.meta.dirname, "../../ui"),
    logLevel: "error",
    build: { outDir, emptyOutDir: true },
  });
  return outDir;
}
