import { createLineReader } from "../../processor/receive/lines/create-line-reader.ts";
import type { LineFormat } from "../../processor/receive/lines/parsed-line.ts";
import type { ByteSource } from "./byte-source.ts";
import type { LineSink } from "./line-sink.ts";
import { createLineSplitter } from "./split-lines.ts";

/** What a step has found. */
export interface Step {
  /** There was something. */
  readonly isBusy: boolean;
  /** Nothing will ever come. */
  readonly isDone: boolean;
  /** Why the source could not be read. */
  readonly failure: string | undefined;
}

/** One followed file or stream, on its way to a sink. */
export interface TailSource {
  /** Reads one chunk and sends what it completes. Rejects only when the sink does. */
  step(): Promise<Step>;
  /** Sends the records that wait for more lines. */
  flush(): Promise<void>;
  /** May be called while a step is on its way: the source must not lose a rotated file while the next hop is away. */
  notice(): Promise<void>;
  close(): Promise<void>;
}

/** What a tail source is made from. */
export interface TailSourceOptions {
  readonly bytes: ByteSource;
  readonly sink: LineSink;
  readonly service: string;
  readonly file: string | undefined;
  readonly format: LineFormat;
  readonly now: () => number;
}

/** A line without a line end waits for it; a record waits for its stack trace until it is flushed. */
export function createTailSource({ bytes, sink, service, file, format, now }: TailSourceOptions): TailSource {
  const splitter = createLineSplitter();
  const reader = createLineReader({ format, now });
  const send = async (lines: ReturnType<typeof reader.flush>) => {
    if (lines.length > 0) await sink.send({ service, file, lines });
  };
  return {
    async step() {
      const poll = await bytes.poll().catch((error: unknown) => String(error));
      if (typeof poll === "string") return { isBusy: false, isDone: false, failure: poll };
      const lines = [...splitter.push(poll.bytes), ...(poll.hasEnded ? splitter.flush() : [])];
      await send([...lines.flatMap((line) => reader.push(line)), ...(poll.hasEnded ? reader.flush() : [])]);
      return { isBusy: poll.bytes.length > 0 || poll.hasEnded, isDone: poll.isDone, failure: undefined };
    },
    flush: () => send(reader.flush()),
    notice: () => bytes.notice(),
    close: () => bytes.close(),
  };
}
