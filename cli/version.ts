import { readFileSync } from "node:fs";
import { z } from "zod";
import { packageFile } from "./package-files.ts";

/** The package's version, read from its package.json. */
export function packageVersion(): string {
  return z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(packageFile("package.json"), "utf8"))).version;
}
