import { Buffer } from "node:buffer";
import { type FileHandle, open, stat } from "node:fs/promises";
import { type ByteSource, NOTHING, type Poll } from "./byte-source.ts";

/** How a file is followed. */
export interface FollowOptions {
  /** Read what the file holds at the first poll, too; a file that appears later is always read from its begin. */
  readonly fromStart: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly chunkBytes?: number;
}

const CHUNK_BYTES = 262_144;
/** So many last bytes are compared with the file, to see that it was cut and has grown again. */
const MEMORY_BYTES = 64;
/** So long without news a replaced file is still read: one of its writers may not know yet. */
const GRACE_MS = 1_000;

/**
 * Follows the file at `path` through rename-and-create and copy-and-truncate, as its writer does. What it cannot see: lines
 * that a copy-and-truncate cuts off before they were polled, and a file that came and went between two polls.
 */
export function followFile(path: string, options: FollowOptions): ByteSource {
  const buffer = Buffer.alloc(options.chunkBytes ?? CHUNK_BYTES);
  let file: OpenFile | undefined;
  let startsAtEnd = !options.fromStart;
  /** When the file was seen to be at its end and replaced. */
  let replacedAtMs: number | undefined;

  const openFile = async () => {
    const opened = await openAt(path, startsAtEnd);
    startsAtEnd = false;
    replacedAtMs = undefined;
    return opened;
  };
  const leave = async (left: OpenFile): Promise<Poll> => {
    await left.handle.close();
    file = undefined;
    return { ...NOTHING, hasEnded: true };
  };
  return {
    async poll() {
      file ??= await openFile();
      if (file === undefined) return NOTHING;
      if (await wasCut(file)) {
        file.position = 0;
        file.memory = Buffer.alloc(0);
        return { ...NOTHING, hasEnded: true };
      }
      const { bytesRead } = await file.handle.read(buffer, 0, buffer.length, file.position);
      if (bytesRead > 0) {
        const bytes = Buffer.from(buffer.subarray(0, bytesRead));
        file.position += bytesRead;
        file.memory = Buffer.concat([file.memory, bytes.subarray(-MEMORY_BYTES)]).subarray(-MEMORY_BYTES);
        replacedAtMs = undefined;
        return { ...NOTHING, bytes };
      }
      if (!(await wasReplaced(path, file))) return NOTHING;
      replacedAtMs ??= options.now();
      return options.now() - replacedAtMs >= GRACE_MS ? leave(file) : NOTHING;
    },
    async close() {
      await file?.handle.close();
      file = undefined;
    },
  };
}

interface OpenFile {
  readonly handle: FileHandle;
  readonly inode: bigint;
  readonly device: bigint;
  position: number;
  /** The bytes before `position`, a few. */
  memory: Buffer;
}

/** Undefined while there is no file. */
async function openAt(path: string, atEnd: boolean): Promise<OpenFile | undefined> {
  const handle = await open(path, "r").catch(unlessMissing);
  if (handle === undefined) return undefined;
  const { size, ino, dev, ...stats } = await handle.stat({ bigint: true });
  if ((stats.mode & 0o170_000n) !== 0o100_000n) {
    await handle.close();
    throw new Error(`${path} is no regular file; pipe it in and use - instead`);
  }
  const position = atEnd ? Number(size) : 0;
  const file: OpenFile = { handle, inode: ino, device: dev, position, memory: Buffer.alloc(0) };
  file.memory = await readBefore(file, MEMORY_BYTES);
  return file;
}

/** The file is shorter than what was read of it, or holds something else there. */
async function wasCut(file: OpenFile): Promise<boolean> {
  const { size } = await file.handle.stat();
  if (size < file.position) return true;
  return size > file.position && !(await readBefore(file, file.memory.length)).equals(file.memory);
}

/** Up to `length` bytes before the position. */
async function readBefore({ handle, position }: OpenFile, length: number): Promise<Buffer> {
  const wanted = Math.min(length, position);
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(wanted), 0, wanted, position - wanted);
  return buffer.subarray(0, bytesRead);
}

/** Another file bears the name now and is written to, or this one has no name left. */
async function wasReplaced(path: string, { handle, inode, device }: OpenFile): Promise<boolean> {
  const current = await stat(path, { bigint: true }).catch(unlessMissing);
  if (current !== undefined) return current.size > 0n && (current.ino !== inode || current.dev !== device);
  const { nlink } = await handle.stat();
  return nlink === 0;
}

function unlessMissing(error: unknown): undefined {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
  throw error;
}
