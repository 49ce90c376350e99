import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";

/** A started program that listens. */
export interface Program {
  readonly pid: number;
  readonly endpoint: string;
  /** From its start until it was ready. */
  readonly readyMs: number;
  /** The end of what it wrote on stderr. */
  stderr(): string;
  /** SIGTERM; SIGKILL when it does not go. */
  stop(): Promise<void>;
}

const READY_MS_MAX = 60_000;
const STOP_MS_MAX = 40_000;
const LOOK_MS = 5;
const STDERR_CHARACTERS = 20_000;

/** Starts a program and waits until it is ready: by default until it listens on `port` of the loopback interface. Rejects when it leaves or takes too long. */
export async function startProgram(
  file: string,
  args: readonly string[],
  port: number,
  isReady: () => Promise<boolean> = () => listens(port),
): Promise<Program> {
  const startedAt = performance.now();
  const child = spawn(file, args, { stdio: ["ignore", "ignore", "pipe"] });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("exit", () => process.off("exit", kill));
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => {
    stderr = (stderr + chunk.toString("utf8")).slice(-STDERR_CHARACTERS);
  });
  while (!(await isReady())) {
    if (child.exitCode !== null) throw new Error(`${file} left with ${child.exitCode}: ${stderr}`);
    if (performance.now() - startedAt > READY_MS_MAX)
      throw new Error(`${file} does not get ready: ${stderr}`);
    await delay(LOOK_MS);
  }
  const readyMs = performance.now() - startedAt;
  if (child.pid === undefined) throw new Error(`${file} could not be started`);
  return {
    pid: child.pid,
    endpoint: `127.0.0.1:${port}`,
    readyMs,
    stderr: () => stderr,
    stop: () => stop(child),
  };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = once(child, "exit");
  const force = setTimeout(() => child.kill("SIGKILL"), STOP_MS_MAX);
  child.kill("SIGTERM");
  await exited;
  clearTimeout(force);
}
