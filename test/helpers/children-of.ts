import { execFileSync } from "node:child_process";

/** The child processes of a process. */
export function childrenOf(pid: number): readonly number[] {
  const listed = execFileSync("ps", ["-o", "pid=,ppid=", "-A"], { encoding: "utf8" });
  return listed
    .trim()
    .split("\n")
    .map((row) => row.trim().split(/\s+/).map(Number))
    .flatMap(([child = 0, parent]) => (parent === pid ? [child] : []));
}
