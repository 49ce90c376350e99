import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Requirement } from "../test/helpers/requirement.ts";

/** The path of what a program here cannot do without; where the machine lacks it, one sentence says so, and the program leaves with 2. */
export function needed({ name, path, remedy }: Requirement): string {
  if (path !== undefined) return path;
  console.error(`This needs ${name}; provide it by: ${remedy}`);
  process.exit(2);
}

/**
 * The labelled public logs in a directory.
 *
 * @param sets what of them is read; none: whatever is there. Example: "hdfs"
 */
export function publicLogs(directory: string, ...sets: readonly string[]): Requirement {
  const isThere = existsSync(directory) && sets.every((set) => existsSync(join(directory, set)));
  const which = sets.length === 0 ? "" : ` (${sets.join(", ")})`;
  return {
    name: `the labelled public logs${which}, which are not in ${resolve(directory)}`,
    path: isThere ? directory : undefined,
    remedy: "LOGBERT_TEST_DATA=/path/to/data",
  };
}
