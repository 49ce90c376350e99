import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { stopSignal } from "../stop-signal.ts";
import { type Clock, systemClock } from "./clock.ts";

/** What a command has of the outside. */
export interface CommandIo {
  /** Writes results; resolves when more may be written. */
  out(text: string): Promise<void>;
  /** Writes a line of progress or of complaint. */
  err(line: string): void;
  readonly stdin: Readable;
  /** Aborted when the command shall stop: by SIGINT or SIGTERM, or because nobody reads its results any more. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/** The process's own streams and signals. */
export function processIo(): CommandIo {
  const stop = new AbortController();
  void stopSignal().then(() => stop.abort());
  // A reader such as `head` that has enough closes the pipe: that ends the command, and is no failure.
  process.stdout.on("error", () => stop.abort());
  return {
    out: (text) => write(process.stdout, text, stop.signal),
    err: (line) => void process.stderr.write(`${line}\n`),
    stdin: process.stdin,
    signal: stop.signal,
    clock: systemClock,
  };
}

async function write(stream: Writable, text: string, signal: AbortSignal): Promise<void> {
  if (signal.aborted || stream.write(text)) return;
  await once(stream, "drain", { signal }).catch(() => undefined);
}
