import { Buffer } from "node:buffer";
import { type FileHandle, open } from "node:fs/promises";

/** A file that is read bit by bit; it stays the same file when its name goes to another. */
export interface OpenFile {
  /** Undefined when nothing new is there. The bytes are a copy. */
  read(): Promise<Uint8Array | undefined>;
  /**
   * Begins again where the file was cut (it is shorter than what was read, or holds something else there), and tells whether
   * it was. A cut after which exactly the same bytes were written is not seen.
   */
  restartIfCut(): Promise<boolean>;
  /** Whether this is the file of these numbers. */
  is(inode: bigint, device: bigint): boolean;
  size(): Promise<number>;
  /** Whether no name leads to it any more. */
  isDeleted(): Promise<boolean>;
  close(): Promise<void>;
}

/** So many last bytes are compared with the file, to see that it was cut and has grown again. */
const MEMORY_BYTES = 64;

/**
 * Opens a file at its end or at its begin.
 *
 * @throws the system's error, or an error for what is no regular file
 */
export async function openFile(path: string, atEnd: boolean, chunkBytes: number): Promise<OpenFile> {
  const handle = await open(path, "r");
  const stats = await handle.stat({ bigint: true });
  if (!stats.isFile()) {
    await handle.close();
    throw new Error(`${path} is no regular file; pipe it in and use - instead`);
  }
  const buffer = Buffer.alloc(chunkBytes);
  let position = atEnd ? Number(stats.size) : 0;
  let memory = await readBefore(handle, position, MEMORY_BYTES);
  return {
    async read() {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
      if (bytesRead === 0) return undefined;
      const bytes = new Uint8Array(buffer.subarray(0, bytesRead));
      position += bytesRead;
      memory = Buffer.concat([memory, bytes.subarray(-MEMORY_BYTES)]).subarray(-MEMORY_BYTES);
      return bytes;
    },
    async restartIfCut() {
      const { size } = await handle.stat();
      const isSame =
        size === position ||
        (size > position && memory.equals(await readBefore(handle, position, memory.length)));
      if (isSame) return false;
      position = 0;
      memory = Buffer.alloc(0);
      return true;
    },
    is: (inode, device) => inode === stats.ino && device === stats.dev,
    size: async () => (await handle.stat()).size,
    isDeleted: async () => (await handle.stat()).nlink === 0,
    close: () => handle.close(),
  };
}

async function readBefore(
  handle: FileHandle,
  position: number,
  length: number,
): Promise<Buffer<ArrayBuffer>> {
  const wanted = Math.min(length, position);
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(wanted), 0, wanted, position - wanted);
  return buffer.subarray(0, bytesRead);
}
