import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Command } from "commander";
import { z } from "zod";
import { createForwarder } from "../processor/forward/create-forwarder.ts";
import { createLineReader } from "../processor/receive/lines/create-line-reader.ts";
import { LINE_FORMATS } from "../processor/receive/lines/parsed-line.ts";
import { type CommandIo, processIo } from "./lines/command-io.ts";
import { ENDPOINT_HELP, endpointOptions, forwardConfigOf } from "./lines/endpoint-options.ts";
import type { LineSink } from "./lines/line-sink.ts";
import { createOtlpSink } from "./lines/otlp-sink.ts";
import { createPacer, type Pacer } from "./lines/pacer.ts";
import { parseOptions } from "./lines/parse-options.ts";
import { progressBar } from "./lines/progress-bar.ts";
import { SENDER_HELP } from "./lines/sender-environment.ts";
import { serviceOfFile } from "./lines/service-of-file.ts";
import { createLineSplitter } from "./lines/split-lines.ts";

const optionsSchema = z.strictObject({
  speed: z
    .string()
    .regex(/^(max|\d{1,9}(\.\d{1,6})?)$/, 'must be a number such as 10 or 0.5, or "max"')
    .default("1")
    .transform((text) => (text === "max" || Number(text) === 0 ? Number.POSITIVE_INFINITY : Number(text))),
  service: z.string().trim().min(1, "must not be empty").max(128).optional(),
  format: z.enum(LINE_FORMATS, `must be one of ${LINE_FORMATS.join(", ")}`).default("auto"),
  ...endpointOptions,
});
type ReplayOptions = z.output<typeof optionsSchema>;

/** `logbert replay FILE`: sends a file of logs in its original rhythm, or faster. */
export function registerReplay(program: Command): void {
  program
    .command("replay")
    .description("Send a file of timestamped logs with its original timing, N times as fast.")
    .argument("<file>", "the file; its records keep their times")
    .option("--speed <n>", "how many times as fast; 0 or max for as fast as possible (default 1)")
    .option("--service <name>", "service of records that name none (default: the file's name)")
    .option("--format <format>", `${LINE_FORMATS.join(", ")} (default auto)`)
    .option("--endpoint <address>", ENDPOINT_HELP.endpoint)
    .option("--protocol <protocol>", ENDPOINT_HELP.protocol)
    .addHelpText("after", SENDER_HELP)
    .action(async (file: string, options: unknown) => {
      process.exitCode = await runReplay(file, options, processIo());
    });
}

/**
 * Runs to the end of the file, or until the signal says stop.
 *
 * @param rawOptions as commander gives them
 * @returns 1 when the command was stopped early, or records were refused or not acknowledged
 * @throws UsageError for wrong options, and the system's error where the file cannot be read
 */
export async function runReplay(
  file: string,
  rawOptions: unknown,
  io: CommandIo,
  openForwarder = createForwarder,
): Promise<0 | 1> {
  const options = parseOptions(optionsSchema, rawOptions);
  const { size } = await stat(file);
  const sink = createOtlpSink(openForwarder(forwardConfigOf(options, io.environment)), io);
  const pacer = createPacer({
    speed: options.speed,
    clock: io.clock,
    signal: io.signal,
    send: (lines) => sink.send({ service: options.service ?? serviceOfFile(file), file, lines }),
  });
  return play(file, size, { options, pacer, sink, io });
}

interface Replay {
  readonly options: ReplayOptions;
  readonly pacer: Pacer;
  readonly sink: LineSink;
  readonly io: CommandIo;
}

async function play(file: string, fileBytes: number, { options, pacer, sink, io }: Replay): Promise<0 | 1> {
  const reader = createLineReader({ format: options.format, now: io.clock.now });
  let exitCode: 0 | 1 = 1;
  try {
    for await (const { line, share } of linesOf(file, fileBytes)) {
      for (const record of reader.push(line)) await pacer.push(record);
      io.progress(`${progressBar(share)} ${file}`);
      if (io.signal.aborted) break;
    }
    if (!io.signal.aborted) for (const record of reader.flush()) await pacer.push(record);
    await pacer.flush();
  } finally {
    exitCode = await sink.close();
  }
  return io.signal.aborted ? 1 : exitCode;
}

/** Each line, with the share of the file that has been read. */
async function* linesOf(file: string, fileBytes: number): AsyncGenerator<{ line: string; share: number }> {
  const splitter = createLineSplitter();
  let readBytes = 0;
  for await (const chunk of createReadStream(file)) {
    if (!(chunk instanceof Uint8Array)) continue;
    const lines = splitter.push(chunk);
    const shareAt = (i: number) => (readBytes + (chunk.length * (i + 1)) / lines.length) / fileBytes;
    for (const [i, line] of lines.entries()) yield { line, share: shareAt(i) };
    readBytes += chunk.length;
  }
  for (const line of splitter.flush()) yield { line, share: 1 };
}
