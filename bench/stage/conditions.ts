import { spawnSync } from "node:child_process";
import { cpus, loadavg } from "node:os";

/** On what, with what and beside what was measured, in a line. */
export function conditions(): string {
  const load = loadavg()
    .map((one) => one.toFixed(1))
    .join(", ");
  return `${cpus()[0]?.model.trim()}, ${cpus().length} cores, load ${load} (1, 5 and 15 minutes, the measurement's own included); Node ${process.versions.node}; commit ${commit()}; ${new Date().toISOString().slice(0, 16)}Z`;
}

/** The commit that is measured; "unknown" outside of a checkout. */
function commit(): string {
  const git = (...args: readonly string[]) =>
    spawnSync("git", args, { encoding: "utf8", cwd: import.meta.dirname }).stdout?.trim() ?? "";
  const head = git("rev-parse", "--short", "HEAD");
  if (head === "") return "unknown";
  return git("status", "--porcelain", "--untracked-files=no") === "" ? head : `${head} with changes`;
}
