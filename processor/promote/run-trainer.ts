import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { constants, setPriority } from "node:os";
import { createInterface } from "node:readline";
import { z } from "zod";

/** How `logbert train` is started: the program, and what comes before its own arguments. */
export interface TrainerCommand {
  readonly file: string;
  readonly args: readonly string[];
}

/** How far a training is. */
export interface TrainerProgress {
  /** 0 to 1. */
  readonly progress: number;
  /** In nats; undefined before the first step. */
  readonly loss: number | undefined;
}

/** A training that ended without weights, in words for people. */
export class TrainerError extends Error {
  override readonly name = "TrainerError";
}

/** A line of `--progress json`; there may be more in it. */
const progressLine = z.object({ progress: z.number().min(0).max(1), loss: z.number().nullish() });

/** So much of what it said last is kept, for the message of a failure. */
const LAST_CHARACTERS_MAX = 500;
const KILL_AFTER_MS = 5_000;

/**
 * Runs the trainer as a process of its own at the lowest priority, so that it gets the time that the stage leaves.
 * Rejects with a {@link TrainerError} when it fails, cannot be started, or the signal aborts (its reason is the message).
 */
export async function runTrainer(
  { file, args }: TrainerCommand,
  more: readonly string[],
  signal: AbortSignal,
  onProgress: (progress: TrainerProgress) => void,
): Promise<void> {
  if (signal.aborted) throw new TrainerError(String(signal.reason));
  const child = spawn(file, [...args, ...more], { stdio: ["ignore", "ignore", "pipe"] });
  lowerPriority(child);
  const stop = () => endProcess(child);
  signal.addEventListener("abort", stop, { once: true });
  const last = follow(child, onProgress);
  try {
    const [code, killedBy] = await once(child, "close");
    if (signal.aborted) throw new TrainerError(String(signal.reason));
    if (killedBy !== null)
      throw new TrainerError(
        `the trainer was ended by ${killedBy} from outside, as a system does whose memory runs out: leave it about 600 MB, and ask for another training`,
      );
    if (code !== 0) throw new TrainerError(last() || `the trainer ended with ${code} and said nothing`);
  } catch (cause) {
    if (cause instanceof TrainerError) throw cause;
    throw new TrainerError(`the trainer cannot be started: ${String(cause)}`, { cause });
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Threads that the child starts later inherit it. */
function lowerPriority({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already, or the system does not let us: then it competes, and its own end is told as ever.
  }
}

function endProcess(child: ChildProcess): void {
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS);
  timer.unref();
  child.once("close", () => clearTimeout(timer));
}

/** Tells progress as it comes, and gives what was said besides. */
function follow(child: ChildProcess, onProgress: (progress: TrainerProgress) => void): () => string {
  let last = "";
  if (child.stderr === null) return () => last;
  createInterface({ input: child.stderr }).on("line", (line) => {
    const progress = readProgress(line);
    if (progress === undefined) last = `${last}\n${line}`.trim().slice(-LAST_CHARACTERS_MAX);
    else onProgress(progress);
  });
  return () => last;
}

function readProgress(line: string): TrainerProgress | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const parsed = progressLine.safeParse(JSON.parse(line));
    return parsed.success
      ? { progress: parsed.data.progress, loss: parsed.data.loss ?? undefined }
      : undefined;
  } catch {
    return undefined;
  }
}
