import { existsSync } from "node:fs";
import { appendFile, copyFile, link, mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { createRecordedLines, type RecordedRun } from "./recorded-format.ts";

/** Recorded files in one directory, bounded in bytes; the oldest go first. Calls must not overlap. */
export interface Segments {
  /** Rejects with the file system's error; what was not written is lost, and the next call begins a new file. */
  append(runs: readonly RecordedRun[]): Promise<void>;
  /** Makes the files that there are, complete and unchanging, appear in `directory` too; tells their paths, oldest first. */
  freeze(directory: string): Promise<readonly string[]>;
  /** Hands the files over, oldest first: one that was taken is deleted here. Rejects as `take` does; the rest stays. */
  handOver(take: (recorded: RecordedFile) => Promise<void>): Promise<void>;
  /** To be called after each flush, and after the last one. */
  flushed(): Promise<void>;
  close(): Promise<void>;
}

/** A file of recorded sequences. */
export interface RecordedFile {
  /** ULID: sorts by time. */
  readonly id: string;
  readonly path: string;
}

/** Where segments are, and how large they may become. */
export interface SegmentsOptions {
  readonly directory: string;
  readonly bytesMax: number;
  /** A new ULID: names sort by time. */
  readonly newId: () => string;
  readonly redact: (text: string) => string;
}

/** The oldest of so many parts of the bound is deleted at a time. */
const PARTS = 8;
/** Written at a time: between two of them others have the thread. */
const CHUNK_CHARACTERS = 65_536;
const SUFFIX = ".jsonl";

interface Segment {
  readonly name: string;
  bytes: number;
}

/** The segments that a directory has; new ones are begun behind them. The directory is made when it is first needed. */
export function createSegments({ directory, bytesMax, newId, redact }: SegmentsOptions): Segments {
  let segments: Segment[] | undefined;
  let current: (Segment & { readonly lines: ReturnType<typeof createRecordedLines> }) | undefined;

  const known = async () => {
    await mkdir(directory, { recursive: true });
    segments ??= await listed(directory);
    return segments;
  };
  const makeRoom = async (all: Segment[]) => {
    const bytes = () => all.reduce((sum, segment) => sum + segment.bytes, 0);
    while (all.length > 1 && bytes() > bytesMax) {
      const oldest = all.shift();
      if (oldest !== undefined) await rm(join(directory, oldest.name), { force: true });
    }
  };
  const begin = async (all: Segment[]) => {
    const lines = createRecordedLines(redact);
    const segment = { name: `${newId()}${SUFFIX}`, bytes: 0, lines };
    all.push(segment);
    await write(segment, lines.header);
    await makeRoom(all);
    return segment;
  };
  const write = async (segment: Segment, text: string) => {
    await appendFile(join(directory, segment.name), text);
    segment.bytes += Buffer.byteLength(text);
  };

  /** Writes runs from `at` on as far as they make one chunk of one file; tells where to go on. */
  const writeChunk = async (all: Segment[], runs: readonly RecordedRun[], from: number) => {
    if (current === undefined || current.bytes >= bytesMax / PARTS) current = await begin(all);
    let text = "";
    let at = from;
    for (; at < runs.length && text.length < CHUNK_CHARACTERS; at += 1) {
      const run = runs[at];
      if (run !== undefined) text += current.lines.of(run);
    }
    await write(current, text);
    return at;
  };

  return {
    async append(runs) {
      const all = await known();
      try {
        for (let at = 0; at < runs.length; ) at = await writeChunk(all, runs, at);
      } catch (error) {
        // What was written of the last line is its end: a reader passes over it only there.
        current = undefined;
        segments = undefined;
        throw error;
      }
    },
    async freeze(target) {
      current = undefined;
      const all = await known();
      await mkdir(target, { recursive: true });
      for (const { name } of all) await linkOrCopy(join(directory, name), join(target, name));
      return all.map(({ name }) => join(target, name));
    },
    async handOver(take) {
      current = undefined;
      const all = await known();
      try {
        for (let first = all[0]; first !== undefined; first = all[0]) {
          const recorded = fileOf(directory, first.name);
          await take(recorded);
          await rm(recorded.path, { force: true });
          all.shift();
        }
      } catch (error) {
        // Somebody may have deleted one.
        segments = undefined;
        throw error;
      }
    },
    flushed: async () => undefined,
    close: async () => undefined,
  };
}

/** Those that a directory has, oldest first; none where it is missing. */
export async function recordedFiles(directory: string): Promise<readonly RecordedFile[]> {
  return existsSync(directory) ? (await namesIn(directory)).map((name) => fileOf(directory, name)) : [];
}

function fileOf(directory: string, name: string): RecordedFile {
  return { id: name.slice(0, -SUFFIX.length), path: join(directory, name) };
}

async function namesIn(directory: string): Promise<readonly string[]> {
  return (await readdir(directory)).filter((name) => name.endsWith(SUFFIX)).sort();
}

async function listed(directory: string): Promise<Segment[]> {
  const names = await namesIn(directory);
  return Promise.all(names.map(async (name) => ({ name, bytes: (await stat(join(directory, name))).size })));
}

/** Not every file system knows links. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  await link(from, to).catch(() => copyFile(from, to));
}
