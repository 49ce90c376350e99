import { join } from "node:path";
import { build } from "vite";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";

/** Builds the UI; returns the directory that the API serves. */
export async function buildUi(): Promise<string> {
  const outDir = temporaryDirectory("logbert-ui");
  await build({
    root: join(import.meta.dirname, "../../ui"),
    logLevel: "error",
    build: { outDir, emptyOutDir: true },
  });
  return outDir;
}
