import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";

/** The package's version, read from its package.json (one folder up in a checkout, two in dist/). */
export function packageVersion(): string {
  const file = ["../package.json", "../../package.json"]
    .map((path) => new URL(path, import.meta.url))
    .find((url) => existsSync(url));
  if (file === undefined) return "0.0.0";
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(file, "utf8"))).version;
}
