import { mkdir, open, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";

/** What saving needs of a disk; handed in, so that a full one can be tried. Rejects with the system's errors. */
export interface FileSystem {
  /** Undefined when there is no such file. */
  read(path: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Writes a whole file and waits until it is on the disk. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** Writes a new file; false, and nothing is written, when there is one already. */
  create(path: string, bytes: Uint8Array): Promise<boolean>;
  /** When the file last changed, milliseconds since the epoch; undefined when there is no such file. */
  modifiedMs(path: string): Promise<number | undefined>;
  /** Makes a file that is there one that has changed just now. */
  touch(path: string): Promise<void>;
  /** Names of a directory's entries; undefined when there is no such directory. */
  list(directory: string): Promise<readonly string[] | undefined>;
  makeDirectory(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Removes a file or a directory with all that is in it, if it is there. */
  remove(path: string): Promise<void>;
  /** Waits until renames in the directory are on the disk. */
  sync(directory: string): Promise<void>;
}

/** The machine's own disk. */
export const diskFileSystem: FileSystem = {
  read: (path) => readFile(path).then((bytes) => new Uint8Array(bytes), unlessMissing),
  async write(path, bytes) {
    const handle = await open(path, "w");
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  async create(path, bytes) {
    try {
      await writeFile(path, bytes, { flag: "wx" });
      return true;
    } catch (error) {
      if (codeOf(error) === "EEXIST") return false;
      // A full disk leaves an empty file behind.
      await rm(path, { force: true }).catch(() => undefined);
      throw error;
    }
  },
  modifiedMs: (path) => stat(path).then(({ mtimeMs }) => mtimeMs, unlessMissing),
  touch: (path) => utimes(path, new Date(), new Date()),
  list: (directory) => readdir(directory).catch(unlessMissing),
  makeDirectory: async (path) => void (await mkdir(path, { recursive: true })),
  rename,
  remove: (path) => rm(path, { recursive: true, force: true }),
  async sync(directory) {
    const handle = await open(directory, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};

/** What the system says of a failure, such as "ENOSPC"; the failure's own words where it gives no code. */
export function codeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
}

function unlessMissing(error: unknown): undefined {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
  throw error;
}
