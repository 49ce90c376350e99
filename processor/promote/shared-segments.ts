import { createReadStream } from "node:fs";
import { appendFile, mkdir, truncate } from "node:fs/promises";
import { join } from "node:path";
import { PART_BYTES_MAX, type Recording, type TrainingStore } from "../../store/training.ts";
import { RECORDED_HEADER } from "./recorded-format.ts";
import type { RecordedFile, Segments } from "./segments.ts";

/** What is written is handed over this often: with the default interval once a minute. */
const FLUSHES = 12;
/** Recordings are joined to files of at least so many bytes: a service with few records makes very many of them. */
const FILE_BYTES = 1024 * 1024;
/** Where a line ends; what is behind the last one was cut off by a crash. */
const LINE_BREAK = 10;
const HEADER = Buffer.from(RECORDED_HEADER);

type RecordingStore = Pick<
  TrainingStore,
  "saveRecordingPart" | "finishRecording" | "recordings" | "recordingPart"
>;

/**
 * Recorded files of all stages that share a database. What one has written goes there, and from its disk, once a minute; a training gets what
 * all of them have recorded.
 *
 * @param own of this stage alone
 * @param bytesMax of all stages together
 */
export function createSharedSegments(own: Segments, store: RecordingStore, bytesMax: number): Segments {
  let flushes = 0;
  const share = () => own.handOver((recorded) => shareRecording(store, recorded, bytesMax));
  return {
    ...own,
    async flushed() {
      flushes += 1;
      if (flushes % FLUSHES === 0) await share();
    },
    close: share,
    async freeze(directory) {
      await share();
      return fetchRecordings(store, directory, bytesMax);
    },
  };
}

/** A recorded file cannot be read: the system's reason. */
export class UnreadableRecording extends Error {
  override readonly name = "UnreadableRecording";
}

/**
 * Hands a recorded file to the other stages, unless they have it. Rejects with an {@link UnreadableRecording}, or with the store's error;
 * the next call goes on.
 */
export async function shareRecording(
  store: Pick<TrainingStore, "saveRecordingPart" | "finishRecording">,
  { id, path }: RecordedFile,
  bytesMax: number,
): Promise<void> {
  let parts = 0;
  for await (const content of partsOf(path)) {
    await store.saveRecordingPart(id, parts, content);
    parts += 1;
  }
  // An empty one is what a crash left of its first line.
  if (parts > 0 && !(await store.finishRecording(id, parts, bytesMax)))
    throw new Error(`parts of the recording ${id} are missing in the database`);
}

/** Whole lines, in parts as the store takes them. */
async function* partsOf(path: string): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array[] = [];
  for await (const chunk of chunksOf(path)) {
    const end = chunk.lastIndexOf(LINE_BREAK) + 1;
    if (end === 0) {
      rest.push(chunk);
      continue;
    }
    const lines = Buffer.concat([...rest, chunk.subarray(0, end)]);
    for (let from = 0; from < lines.length; from += PART_BYTES_MAX)
      yield lines.subarray(from, from + PART_BYTES_MAX);
    rest = [chunk.subarray(end)];
  }
}

async function* chunksOf(path: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: PART_BYTES_MAX }))
      if (chunk instanceof Uint8Array) yield chunk;
  } catch (cause) {
    throw new UnreadableRecording(`the recorded file ${path} cannot be read: ${String(cause)}`, { cause });
  }
}

/** A file of recordings goes on where the one before it ends: each of them defines what it names. */
async function fetchRecordings(
  store: RecordingStore,
  directory: string,
  bytesMax: number,
): Promise<readonly string[]> {
  await mkdir(directory, { recursive: true });
  const files: string[] = [];
  let size = FILE_BYTES;
  for (const recording of newest(await store.recordings(), bytesMax)) {
    if (size >= FILE_BYTES) {
      files.push(join(directory, `${String(files.length).padStart(6, "0")}.jsonl`));
      size = 0;
    }
    size += await append(store, recording, { path: files.at(-1) ?? "", size });
  }
  return files;
}

function isBegin(content: Uint8Array): boolean {
  return Buffer.from(content.subarray(0, HEADER.length)).equals(HEADER);
}

/** The last of them that have no more bytes together. */
function newest(recordings: readonly Recording[], bytesMax: number): readonly Recording[] {
  let bytes = 0;
  const from = recordings.findLastIndex((recording) => {
    bytes += recording.bytes;
    return bytes > bytesMax;
  });
  return recordings.slice(from + 1);
}

/**
 * What is deleted meanwhile, to make room, is left out as a whole, and what does not begin as a recorded file: no training would read the
 * others beside it. Answers how many bytes were added.
 */
async function append(
  store: RecordingStore,
  { id, parts }: Recording,
  file: { readonly path: string; readonly size: number },
): Promise<number> {
  let bytes = 0;
  for (let part = 0; part < parts; part += 1) {
    const content = await store.recordingPart(id, part);
    if (content === undefined || (part === 0 && !isBegin(content))) {
      if (bytes > 0) await truncate(file.path, file.size);
      return 0;
    }
    await appendFile(file.path, content);
    bytes += content.length;
  }
  return bytes;
}
