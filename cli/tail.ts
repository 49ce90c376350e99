import type { Command } from "commander";
import { z } from "zod";
import { createForwarder } from "../processor/forward/create-forwarder.ts";
import { LINE_FORMATS } from "../processor/receive/lines/parsed-line.ts";
import { UsageError } from "./exit-code.ts";
import { type CommandIo, processIo } from "./lines/command-io.ts";
import { ENDPOINT_HELP, endpointOptions, forwardConfigOf } from "./lines/endpoint-options.ts";
import { followFile } from "./lines/follow-file.ts";
import type { LineSink } from "./lines/line-sink.ts";
import { createOtlpSink } from "./lines/otlp-sink.ts";
import { parseOptions } from "./lines/parse-options.ts";
import { readStream } from "./lines/read-stream.ts";
import { SENDER_HELP } from "./lines/sender-environment.ts";
import { serviceOfFile } from "./lines/service-of-file.ts";
import { createTailSource, type Step, type TailSource } from "./lines/tail-source.ts";
import { createWakeUp, type WakeUp } from "./lines/wake-up.ts";

/** What tail is handed by the program. */
export interface TailPorts {
  /** Opens the stage inside this process that prints scored records, for --standalone. */
  readonly openStandalone?: (io: CommandIo) => Promise<LineSink>;
  readonly openForwarder?: typeof createForwarder;
}

const optionsSchema = z.strictObject({
  service: z.string().trim().min(1, "must not be empty").max(128).optional(),
  format: z.enum(LINE_FORMATS, `must be one of ${LINE_FORMATS.join(", ")}`).default("auto"),
  fromStart: z.boolean().default(false),
  standalone: z.boolean().default(false),
  ...endpointOptions,
});
type TailOptions = z.output<typeof optionsSchema>;

/** Files polled at once. */
const FILES_MAX = 1_000;
/** How long news of a file may take where the system gives none. */
const INTERVAL_MS = 250;

/** `logbert tail FILE... | -`: follows files or reads standard input, into a running stage or a stage of its own. */
export function registerTail(program: Command, ports: TailPorts = {}): void {
  program
    .command("tail")
    .description("Follow files (rotation, truncation, stack traces) or standard input into a running stage.")
    .argument("<file...>", "files, which may appear later; - for standard input")
    .option("--service <name>", "service of records that name none (default: the file's name)")
    .option("--format <format>", `${LINE_FORMATS.join(", ")} (default auto)`)
    .option("--from-start", "send what the files hold already, too")
    .option("--standalone", "score in this process and print scored records instead of sending")
    .option("--endpoint <address>", ENDPOINT_HELP.endpoint)
    .option("--protocol <protocol>", ENDPOINT_HELP.protocol)
    .addHelpText("after", SENDER_HELP)
    .action(async (files: string[], options: unknown) => {
      process.exitCode = await runTail(files, options, processIo(), ports);
    });
}

/**
 * Runs until the signal says stop, or until standard input ends. Reads on only after an acknowledgement, so that nothing is
 * lost or doubled while the next hop is away. The position in a file is not kept from one run to the next.
 *
 * @param rawOptions as commander gives them
 * @returns 1 when records were refused or not acknowledged
 * @throws UsageError for wrong options
 */
export async function runTail(
  files: readonly string[],
  rawOptions: unknown,
  io: CommandIo,
  ports: TailPorts = {},
): Promise<0 | 1> {
  const options = parseOptions(optionsSchema, rawOptions);
  if (files.length > FILES_MAX) throw new UsageError(`tail follows at most ${FILES_MAX} files`);
  const sink = await openSink(options, io, ports);
  const paths = [...new Set(files)];
  const wakeUp = createWakeUp(
    paths.filter((path) => path !== "-"),
    INTERVAL_MS,
    io.clock,
  );
  const sources = paths.map((path) => ({ path, source: openSource(path, options, sink, wakeUp, io) }));
  try {
    await follow(sources, wakeUp, io);
  } finally {
    wakeUp.close();
    for (const { source } of sources) await source.close();
  }
  return sink.close();
}

async function openSink(options: TailOptions, io: CommandIo, ports: TailPorts): Promise<LineSink> {
  if (!options.standalone)
    return createOtlpSink(
      (ports.openForwarder ?? createForwarder)(forwardConfigOf(options, io.environment)),
      io,
    );
  if (ports.openStandalone === undefined) throw new UsageError("--standalone is not available here");
  return ports.openStandalone(io);
}

function openSource(
  path: string,
  options: TailOptions,
  sink: LineSink,
  wakeUp: WakeUp,
  io: CommandIo,
): TailSource {
  const isStdin = path === "-";
  return createTailSource({
    bytes: isStdin
      ? readStream(io.stdin, wakeUp.ring)
      : followFile(path, { fromStart: options.fromStart, now: io.clock.now }),
    sink,
    service: options.service ?? (isStdin ? "stdin" : serviceOfFile(path)),
    file: isStdin ? undefined : path,
    format: options.format,
    now: io.clock.now,
  });
}

interface NamedSource {
  readonly path: string;
  readonly source: TailSource;
}

/** A record that waits for more lines is sent after so many intervals without news. */
const IDLE_INTERVALS = 2;

async function follow(sources: readonly NamedSource[], wakeUp: WakeUp, io: CommandIo): Promise<void> {
  const complain = createComplaints(io);
  let live = sources;
  let idleIntervals = 0;
  while (!io.signal.aborted && live.length > 0) {
    const steps: Step[] = [];
    for (const { path, source } of live) {
      const step = await whileNoticing(live, source.step(), io);
      complain(path, step.failure);
      steps.push(step);
    }
    live = live.filter((_, i) => steps[i]?.isDone !== true);
    if (steps.some(({ isBusy }) => isBusy)) {
      idleIntervals = 0;
      continue;
    }
    idleIntervals = (await wakeUp.wait(io.signal)) ? 0 : idleIntervals + 1;
    if (idleIntervals === IDLE_INTERVALS) await whileNoticing(live, flushAll(live), io);
  }
  await flushAll(live);
}

/** Waits for work that sends, which may take as long as the next hop is away, and lets no rotation pass unseen meanwhile. */
async function whileNoticing<T>(
  sources: readonly NamedSource[],
  work: Promise<T>,
  { clock }: CommandIo,
): Promise<T> {
  const done = new AbortController();
  const notice = async () => {
    while (!done.signal.aborted) {
      await clock.sleep(INTERVAL_MS, done.signal);
      // What cannot be opened now is complained of by the next poll.
      await Promise.allSettled(sources.map(({ source }) => source.notice()));
    }
  };
  const noticing = notice();
  return work.finally(() => {
    done.abort();
    return noticing;
  });
}

async function flushAll(sources: readonly NamedSource[]): Promise<void> {
  for (const { source } of sources) await source.flush();
}

/** A source that cannot be read now is told once, and tried again: the file's rights may be mended. */
function createComplaints(io: CommandIo): (path: string, failure: string | undefined) => void {
  const told = new Map<string, string>();
  return (path, failure) => {
    if (failure === undefined) told.delete(path);
    else if (told.get(path) !== failure) {
      told.set(path, failure);
      io.err(`${path}: ${failure}`);
    }
  };
}
