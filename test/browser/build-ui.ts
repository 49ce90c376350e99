import { join } from "node:path";
import { build } from "vite";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";

/** Builds the UI as `npm run build:ui` does; returns the directory that the API serves. */
export async function buildUi(): Promise<string> {
  const outDir = temporaryDirectory("logbert-ui");
  const before = process.env["NODE_ENV"];
  // Vitest says "test", by which Vite would take React's development build: larger, slower, and nothing that is delivered.
  process.env["NODE_ENV"] = "production";
  try {
    await build({
      root: join(import.meta.dirname, "../../ui"),
      logLevel: "error",
      build: { outDir, emptyOutDir: true },
    });
  } finally {
    if (before === undefined) delete process.env["NODE_ENV"];
    else process.env["NODE_ENV"] = before;
  }
  return outDir;
}
