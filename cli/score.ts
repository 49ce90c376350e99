import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import type { Command } from "commander";
import { z } from "zod";
import { createLineReader } from "../processor/receive/lines/create-line-reader.ts";
import { LINE_FORMATS, type LineFormat } from "../processor/receive/lines/parsed-line.ts";
import { UsageError } from "./exit-code.ts";
import { type CommandIo, processIo } from "./lines/command-io.ts";
import type { LineSink } from "./lines/line-sink.ts";
import { parseOptions } from "./lines/parse-options.ts";
import { serviceOfFile } from "./lines/service-of-file.ts";
import { createLineSplitter } from "./lines/split-lines.ts";
import { loadConfig } from "./load-config.ts";
import { openStandalone } from "./standalone.ts";

const optionsSchema = z.strictObject({
  config: z.string().min(1).optional(),
  service: z.string().trim().min(1, "must not be empty").max(128).optional(),
  format: z.enum(LINE_FORMATS, `must be one of ${LINE_FORMATS.join(", ")}`).default("auto"),
});

/** `logbert score FILE... | -`: one JSON object a record on stdout. */
export function registerScore(program: Command): void {
  program
    .command("score")
    .description(
      "Score files or standard input in one pass: one JSON object a record on stdout. What is usual is learned on the way.",
    )
    .argument("[file...]", "files; - for standard input, which is the default with BATCH_MODE=true")
    .option("--config <file>", "configuration file (default: LOGBERT_CONFIG, else ./logbert.yaml)")
    .option("--service <name>", "service of records that name none (default: the file's name)")
    .option("--format <format>", `${LINE_FORMATS.join(", ")} (default auto)`)
    .action(async (files: string[], options: unknown) => {
      const isBatchMode = process.env["BATCH_MODE"]?.toLowerCase() === "true";
      if (files.length === 0 && !isBatchMode) throw new UsageError("name a file, or - for standard input");
      process.exitCode = await runScore(files.length === 0 ? ["-"] : files, options, processIo());
    });
}

/**
 * Scores each file after the other; services are told apart, files are not.
 *
 * @returns 1 when a file could not be read
 * @throws UsageError for wrong options, ConfigError and ModelError for what cannot be used
 */
export async function runScore(files: readonly string[], rawOptions: unknown, io: CommandIo): Promise<0 | 1> {
  const options = parseOptions(optionsSchema, rawOptions);
  if (files.filter((file) => file === "-").length > 1) throw new UsageError("- can be named once");
  const config = loadConfig({ file: options.config, environment: process.env });
  const sink = await openStandalone(config, io);
  let exitCode: 0 | 1 = 0;
  try {
    for (const file of files) {
      const isStdin = file === "-";
      const service = options.service ?? (isStdin ? "stdin" : serviceOfFile(file));
      const stream = isStdin ? io.stdin : createReadStream(file);
      try {
        await scoreStream(stream, service, options.format, sink, io);
      } catch (error) {
        if (!(error instanceof Error && "code" in error && "syscall" in error)) throw error;
        io.err(`${file}: cannot be read (${String(error.code)})`);
        exitCode = 1;
      }
    }
  } finally {
    await sink.close();
  }
  return exitCode;
}

async function scoreStream(
  stream: Readable,
  service: string,
  format: LineFormat,
  sink: LineSink,
  io: CommandIo,
): Promise<void> {
  const splitter = createLineSplitter();
  const reader = createLineReader({ format, now: io.clock.now });
  const send = (lines: readonly string[]) =>
    sink.send({ service, file: undefined, lines: lines.flatMap((line) => reader.push(line)) });
  for await (const chunk of stream) {
    if (io.signal.aborted) break;
    await send(splitter.push(Buffer.from(chunk)));
  }
  await send(splitter.flush());
  await sink.send({ service, file: undefined, lines: reader.flush() });
}
