import { hash, randomBytes } from "node:crypto";
import type { Finding } from "../calibrate/verdict.ts";
import type { SequenceWindow } from "../window/sequence-window.ts";
import type { Segments } from "./segments.ts";
import { createTurns } from "./turns.ts";
import { createWaitingRuns } from "./waiting-runs.ts";

/** What the recorder is handed. */
export interface RecorderPorts {
  readonly segments: Segments;
  /** Events that may wait; those over it are left out. */
  readonly waitingEventsMax: number;
  readonly onRecorded: (events: number) => void;
  readonly onDropped: (events: number) => void;
}

/** Keeps what the stage learned from, on disk: acknowledged events that were not anomalous. */
export interface Recorder {
  /** The fresh events of acknowledged windows, with what was found in them. Never waits, never throws: drops and counts. */
  record(windows: readonly SequenceWindow[], findings: readonly Finding[]): void;
  /** Writes what waits. Rejects with the file system's error, or the store's; what could not be written is dropped and counted. */
  flush(): Promise<void>;
  /** The same for the last time: other stages have then what this one recorded. */
  close(): Promise<void>;
  /** Writes what waits and makes all that is recorded appear, complete and unchanging, in `directory`; tells the paths, oldest first. */
  freeze(directory: string): Promise<readonly string[]>;
}

/** A recorder with nothing waiting. A stream has another hash in each recorder, because keys as short as a user's name could be guessed from it. */
export function createRecorder({
  segments,
  waitingEventsMax,
  onRecorded,
  onDropped,
}: RecorderPorts): Recorder {
  const secret = randomBytes(16).toString("hex");
  const nameOf = (key: string) => hash("sha256", secret + key).slice(0, 16);
  const waiting = createWaitingRuns({ eventsMax: waitingEventsMax, hash: nameOf, onDropped });
  const inTurn = createTurns();

  const write = async () => {
    const { events } = waiting;
    const runs = waiting.drain();
    if (runs.length === 0) return;
    try {
      await segments.append(runs);
      onRecorded(events);
    } catch (error) {
      onDropped(events);
      waiting.breakAll();
      throw error;
    }
  };

  /** A full disk is no reason to leave what is on it there. */
  const writeBefore = async (next: () => Promise<void>) => {
    try {
      await inTurn(write);
    } finally {
      await inTurn(next);
    }
  };

  return {
    record: waiting.add,
    flush: () => writeBefore(segments.flushed),
    close: () => writeBefore(segments.close),
    freeze: (directory) =>
      inTurn(async () => {
        await write();
        return segments.freeze(directory);
      }),
  };
}
