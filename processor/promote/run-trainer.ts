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

/** What helps where the system does not let a run write: all its files are under this directory. */
export const DISK_REMEDY =
  "check the permissions of training.directory and the room on its disk, and ask for another training";
const OTHER_REMEDY = "ask for another training when more has been recorded";

/** Lines of `--progress json`; there may be more in them. */
const progressLine = z.object({ progress: z.number().min(0).max(1), loss: z.number().nullish() });
const failureLine = z.object({ error: z.string(), code: z.string().optional() });

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
  const reason = follow(child, onProgress);
  try {
    const [code, killedBy] = await once(child, "close");
    if (signal.aborted) throw new TrainerError(String(signal.reason));
    if (killedBy !== null)
      throw new TrainerError(
        `the trainer was ended by ${killedBy} from outside, as a system does whose memory runs out: leave it about 600 MB, and ask for another training`,
      );
    if (code !== 0) throw new TrainerError(reason() || `the trainer ended with ${code} and said nothing`);
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

/** Tells progress as it comes; gives the failure that was told, else what was said besides. */
function follow(child: ChildProcess, onProgress: (progress: TrainerProgress) => void): () => string {
  let last = "";
  let failure: string | undefined;
  if (child.stderr === null) return () => last;
  createInterface({ input: child.stderr }).on("line", (line) => {
    const told = readJson(line);
    const progress = progressLine.safeParse(told);
    const failed = failureLine.safeParse(told);
    if (progress.success) onProgress({ ...progress.data, loss: progress.data.loss ?? undefined });
    else if (failed.success) failure = failureText(failed.data);
    else last = lastOf(`${last}\n${line}`.trim());
  });
  return () => failure ?? last;
}

function failureText({ error, code }: z.infer<typeof failureLine>): string {
  return `${error.slice(0, LAST_CHARACTERS_MAX)}; ${code === undefined ? OTHER_REMEDY : DISK_REMEDY}`;
}

/** The end of a text, without the rest of a word that was cut. */
function lastOf(text: string): string {
  return text.length <= LAST_CHARACTERS_MAX ? text : text.slice(-LAST_CHARACTERS_MAX).replace(/^\S*\s*/, "");
}

function readJson(line: string): unknown {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
