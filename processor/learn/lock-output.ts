import { Buffer } from "node:buffer";
import { dirname } from "node:path";
import { codeOf, type FileSystem } from "./file-system.ts";
import { besides } from "./save-model.ts";
import { TrainingError } from "./training-error.ts";

/** Attempts at a lock that other processes take and leave in the same moment. */
const ATTEMPTS_MAX = 10;

/**
 * Keeps other trainings away from the directory that this one writes, by a file beside it with this process's id. A lock
 * whose process is gone counts for nothing, so what was killed can be gone on with.
 *
 * @returns gives the lock back
 * @throws TrainingError when another process that runs has it, or the lock cannot be written
 */
export async function lockOutput(directory: string, files: FileSystem): Promise<() => Promise<void>> {
  const { lock } = besides(directory);
  try {
    await files.makeDirectory(dirname(lock));
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
      // Left behind, it names a process that is gone.
      if (await files.create(lock, Buffer.from(`${process.pid}\n`)))
        return () => files.remove(lock).catch(() => undefined);
      const holder = await files.read(lock);
      if (holder !== undefined && isHeld(holder)) throw heldError(directory, holder);
      if (holder !== undefined) await clearStale(lock, holder, files);
    }
  } catch (cause) {
    if (cause instanceof TrainingError) throw cause;
    const remedy = "name another directory by --out";
    throw new TrainingError(`${directory} cannot be used (${codeOf(cause)})`, remedy, { cause });
  }
  throw new TrainingError(`many trainings begin to write to ${directory}`, "name another directory by --out");
}

function heldError(directory: string, holder: Uint8Array): TrainingError {
  const { lock } = besides(directory);
  const pid = pidOf(holder);
  return new TrainingError(
    `another training${pid === undefined ? "" : ` (process ${pid})`} writes to ${directory}`,
    `wait for its end, or name another directory by --out; if that process is no training, remove ${lock}`,
  );
}

/** What names no process was begun a moment ago. The id of this process is that of one that ended before, as in a container. */
function isHeld(holder: Uint8Array): boolean {
  const pid = pidOf(holder);
  return pid === undefined || (pid !== process.pid && isRunning(pid));
}

function pidOf(holder: Uint8Array): number | undefined {
  const [, digits] = /^([1-9]\d{0,9})\n$/.exec(Buffer.from(holder).toString("latin1")) ?? [];
  return digits === undefined ? undefined : Number(digits);
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
  const aside = `${lock}.${process.pid}`;
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
