import { Buffer } from "node:buffer";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { codeOf, type FileSystem } from "./file-system.ts";
import { besides } from "./save-model.ts";
import { TrainingError } from "./training-error.ts";

/** Attempts at a lock that other processes take and leave in the same moment. */
const ATTEMPTS_MAX = 10;
/** How often a training shows that it is there, and how long after the last time it is taken to be gone by those who cannot
 * look: other hosts. Ten times may fail. */
const SIGN_OF_LIFE_MS = 30_000;
const GONE_AFTER_MS = 10 * SIGN_OF_LIFE_MS;

/**
 * Keeps other trainings away from the directory that this one writes, by a file beside it with this process's id and host. A
 * lock whose process is gone counts for nothing, so what was killed can be gone on with. The processes of another host, or
 * container, cannot be looked at: its lock counts until it has shown no sign of life for five minutes.
 *
 * @param now wall clock, milliseconds since the epoch
 * @returns gives the lock back
 * @throws TrainingError when another process that runs has it, or the lock cannot be written
 */
export async function lockOutput(
  directory: string,
  files: FileSystem,
  now: () => number,
): Promise<() => Promise<void>> {
  const { lock } = besides(directory);
  const own = Buffer.from(`${process.pid} ${hostname()}\n`);
  try {
    await files.makeDirectory(dirname(lock));
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
      if (await files.create(lock, own)) return keep(lock, own, files);
      const holder = await files.read(lock);
      const ageMs = now() - ((await files.modifiedMs(lock)) ?? 0);
      if (holder !== undefined && isHeld(holder, ageMs)) throw heldError(directory, holder);
      if (holder !== undefined) await clearStale(lock, holder, files);
    }
  } catch (cause) {
    if (cause instanceof TrainingError) throw cause;
    const remedy = "name another directory by --out";
    throw new TrainingError(`${directory} cannot be used (${codeOf(cause)})`, remedy, { cause });
  }
  throw new TrainingError(`many trainings begin to write to ${directory}`, "name another directory by --out");
}

/** Shows signs of life until the lock is given back. */
function keep(lock: string, own: Uint8Array, files: FileSystem): () => Promise<void> {
  const isOwn = async () => Buffer.compare((await files.read(lock)) ?? new Uint8Array(), own) === 0;
  // One that fails is no reason to end a training, and neither is a lock that stays: it names a process that is gone.
  const show = async () => void ((await isOwn()) && (await files.touch(lock)));
  const timer = setInterval(() => void show().catch(() => undefined), SIGN_OF_LIFE_MS).unref();
  return async () => {
    clearInterval(timer);
    await isOwn()
      .then((isStillOwn) => (isStillOwn ? files.remove(lock) : undefined))
      .catch(() => undefined);
  };
}

function heldError(directory: string, bytes: Uint8Array): TrainingError {
  const { lock } = besides(directory);
  const holder = holderOf(bytes);
  if (holder === undefined || holder.host === hostname())
    return new TrainingError(
      `another training${holder === undefined ? "" : ` (process ${holder.pid})`} writes to ${directory}`,
      `wait for its end, or name another directory by --out; if that process is no training, remove ${lock}`,
    );
  return new TrainingError(
    `another training (process ${holder.pid} of host ${holder.host}) writes to ${directory}`,
    `wait for its end, or name another directory by --out; if that host or container is gone, try again in ${GONE_AFTER_MS / 60_000} minutes, or remove ${lock} now`,
  );
}

/**
 * What names no process was begun a moment ago. The id of this process is that of one that ended before, as in a container that
 * was started again.
 */
function isHeld(bytes: Uint8Array, ageMs: number): boolean {
  const holder = holderOf(bytes);
  if (holder === undefined || holder.host !== hostname()) return ageMs < GONE_AFTER_MS;
  return holder.pid !== process.pid && isRunning(holder.pid);
}

/** Locks of earlier versions name no host: this one. */
function holderOf(bytes: Uint8Array): { readonly pid: number; readonly host: string } | undefined {
  const [, digits, host = hostname()] =
    /^([1-9]\d{0,9})(?: (\S+))?\n$/.exec(Buffer.from(bytes).toString("utf8")) ?? [];
  return digits === undefined ? undefined : { pid: Number(digits), host };
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process is one all the same.
    return codeOf(error) === "EPERM";
  }
}

/** Of two that find the same stale lock one takes it away; the other may have got the first one's new lock, and puts it back. */
async function clearStale(lock: string, stale: Uint8Array, files: FileSystem): Promise<void> {
  const aside = `${lock}.${hostname()}.${process.pid}`;
  try {
    await files.rename(lock, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  const taken = await files.read(aside);
  if (taken !== undefined && Buffer.compare(taken, stale) !== 0) await files.rename(aside, lock);
  else await files.remove(aside);
}
