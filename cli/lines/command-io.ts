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
  /** Shows how far the work is, in one line that the next one replaces; only on a terminal. */
  progress(text: string): void;
  readonly stdin: Readable;
  /** Aborted when the command shall stop: by SIGINT or SIGTERM, or because nobody reads its results any more. */
  readonly signal: AbortSignal;
  /** Aborted some seconds after `signal`: what is on its way by then is given up. */
  readonly giveUp: AbortSignal;
  readonly clock: Clock;
  /** Variables of the process. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const GIVE_UP_AFTER_MS = 5_000;
const CLEAR_LINE = "\r\u001b[K";

/** The process's own streams and signals. */
export function processIo(): CommandIo {
  const stop = new AbortController();
  const giveUp = new AbortController();
  stop.signal.addEventListener("abort", () => setTimeout(() => giveUp.abort(), GIVE_UP_AFTER_MS).unref());
  void stopSignal().then(() => stop.abort());
  // A reader such as `head` that has enough closes the pipe: that ends the command, and is no failure.
  process.stdout.on("error", () => stop.abort());
  let shown = "";
  return {
    out: (text) => write(process.stdout, text, stop.signal),
    err(line) {
      process.stderr.write(`${shown === "" ? "" : CLEAR_LINE}${line}\n`);
      shown = "";
    },
    progress(text) {
      if (!process.stderr.isTTY || text === shown) return;
      process.stderr.write(`${CLEAR_LINE}${text}`);
      shown = text;
    },
    stdin: process.stdin,
    signal: stop.signal,
    giveUp: giveUp.signal,
    clock: systemClock,
    environment: process.env,
  };
}

async function write(stream: Writable, text: string, signal: AbortSignal): Promise<void> {
  if (signal.aborted || stream.write(text)) return;
  await once(stream, "drain", { signal }).catch(() => undefined);
}
