import { stat } from "node:fs/promises";
import { type ByteSource, NOTHING } from "./byte-source.ts";
import { type OpenFile, openFile } from "./open-file.ts";

/** How a file is followed. */
export interface FollowOptions {
  /** Read what the file holds at the first look, too; a file that appears later is always read from its begin. */
  readonly fromStart: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly chunkBytes?: number;
}

const CHUNK_BYTES = 65_536;
/** So long without news a replaced file is still read: one of its writers may not know yet. */
const GRACE_MS = 1_000;
/** Rotated files that are held open until they are read. */
const FILES_MAX = 64;

/**
 * Follows the file at `path` through rename-and-create and copy-and-truncate, as its writer does. What it cannot see: lines that
 * a copy-and-truncate cuts off before they were polled, and a file that came and went between two looks.
 */
export function followFile(path: string, options: FollowOptions): ByteSource {
  /** The first is being read, the last bears the name. */
  const files: OpenFile[] = [];
  let startsAtEnd = !options.fromStart;
  /** When the first file was seen to be at its end and replaced. */
  let replacedAtMs: number | undefined;
  let looking: Promise<void> | undefined;

  const look = async () => {
    const atEnd = startsAtEnd;
    const current = await stat(path, { bigint: true }).catch(unlessMissing);
    startsAtEnd = false;
    if (current === undefined || files.at(-1)?.is(current.ino, current.dev) || files.length >= FILES_MAX)
      return;
    const file = await openFile(path, atEnd, options.chunkBytes ?? CHUNK_BYTES).catch(unlessMissing);
    if (file !== undefined) files.push(file);
  };
  const notice = () => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
    return looking;
  };
  return {
    notice,
    async poll() {
      await notice();
      const [file] = files;
      if (file === undefined) return NOTHING;
      if (await file.restartIfCut()) return { ...NOTHING, hasEnded: true };
      const bytes = await file.read();
      if (bytes !== undefined) {
        replacedAtMs = undefined;
        return { ...NOTHING, bytes };
      }
      if (!(await isLeft(file, files.slice(1)))) {
        replacedAtMs = undefined;
        return NOTHING;
      }
      replacedAtMs ??= options.now();
      if (options.now() - replacedAtMs < GRACE_MS) return NOTHING;
      files.shift();
      await file.close();
      return { ...NOTHING, hasEnded: true };
    },
    async close() {
      await looking?.catch(() => undefined);
      for (const file of files.splice(0)) await file.close();
    },
  };
}

/** Its writer has gone on to a later file, or it is deleted. An empty later file says nothing yet: logrotate makes it first. */
async function isLeft(file: OpenFile, later: readonly OpenFile[]): Promise<boolean> {
  if (later.length === 0) return file.isDeleted();
  const sizes = await Promise.all(later.map((next) => next.size()));
  return sizes.some((size) => size > 0);
}

function unlessMissing(error: unknown): undefined {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
  throw error;
}
