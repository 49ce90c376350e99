import { Buffer } from "node:buffer";
import { Readable } from "node:stream";
import type { CommandIo } from "../../cli/lines/command-io.ts";

/** A command's outside as a test sees it. */
export interface ScriptedIo {
  readonly io: CommandIo;
  /** What was written to stdout, and the lines written to stderr. */
  readonly printed: readonly string[];
  readonly told: readonly string[];
  /** Milliseconds since the begin. */
  elapsedMs(): number;
}

/** What happens around the command. */
export interface Script {
  readonly beginMs: number;
  readonly stdin?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Called after each sleep, with the number of sleeps so far; `stop` is the user's Ctrl-C. */
  readonly onSleep?: (sleeps: number, stop: () => void) => void;
}

/** The outside of a command, with a clock that goes on only while somebody sleeps on it. */
export function scriptedIo({ beginMs, stdin = "", environment = {}, onSleep }: Script): ScriptedIo {
  const stop = new AbortController();
  const printed: string[] = [];
  const told: string[] = [];
  let nowMs = beginMs;
  let sleeps = 0;
  const io: CommandIo = {
    out: async (text) => void printed.push(text),
    err: (line) => void told.push(line),
    progress: () => undefined,
    stdin: Readable.from(stdin === "" ? [] : [Buffer.from(stdin)], { objectMode: false }),
    signal: stop.signal,
    giveUp: new AbortController().signal,
    environment,
    clock: {
      now: () => nowMs,
      async sleep(durationMs) {
        nowMs += durationMs;
        sleeps += 1;
        // Lets streams and files move on.
        await new Promise((resolve) => setImmediate(resolve));
        onSleep?.(sleeps, () => stop.abort());
      },
    },
  };
  return { io, printed, told, elapsedMs: () => nowMs - beginMs };
}
