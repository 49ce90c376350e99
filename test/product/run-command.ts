import { spawn } from "node:child_process";
import { join } from "node:path";

const executable = join(import.meta.dirname, "../../bin/logbert.js");

/** How a command of the program ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program to its end. */
export function runCommand(
  args: readonly string[],
  options: {
    readonly cwd: string;
    readonly input?: string;
    readonly environment?: Readonly<Record<string, string>>;
  },
): Promise<Ended> {
  const child = spawn(process.execPath, [executable, ...args], {
    cwd: options.cwd,
    env: { ...process.env, ...options.environment },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString("utf8");
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString("utf8");
  });
  child.stdin.end(options.input ?? "");
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, stdout, stderr })));
}
