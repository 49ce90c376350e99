import { randomInt } from "node:crypto";
import { appendFileSync, writeFileSync } from "node:fs";
import type { Command } from "commander";
import { z } from "zod";
import { createForwarder } from "../processor/forward/create-forwarder.ts";
import { createLogStream, type LogStream } from "./generate/create-log-stream.ts";
import { toJsonLine, toTextLine } from "./generate/format-record.ts";
import { FIRST_VERSION, type GeneratedRecord } from "./generate/generated-record.ts";
import { INCIDENT_KINDS, type Incident, planIncidents } from "./generate/incident.ts";
import { incidentsOption } from "./generate/incidents-option.ts";
import { NEXT_VERSION, RELEASED_SERVICE } from "./generate/release.ts";
import { toResources } from "./generate/to-resources.ts";
import { type CommandIo, processIo } from "./lines/command-io.ts";
import { durationOption } from "./lines/duration.ts";
import { ENDPOINT_HELP, endpointOptions, forwardConfigOf } from "./lines/endpoint-options.ts";
import { parseOptions } from "./lines/parse-options.ts";
import { createRecordSender, summarise } from "./lines/record-sender.ts";
import { SENDER_HELP } from "./lines/sender-environment.ts";

const RATE_MAX = 100_000;
const SEED_MAX = 0xffff_ffff;

const optionsSchema = z.strictObject({
  rate: z.coerce.number("must be a number").min(0.1).max(RATE_MAX).default(50),
  incidents: incidentsOption.prefault("all"),
  seed: z.coerce.number("must be a number").int().min(0).max(SEED_MAX).optional(),
  format: z.enum(["otlp", "lines", "jsonl"], "must be otlp, lines or jsonl").default("otlp"),
  duration: durationOption.optional(),
  records: z.coerce.number("must be a number").int().min(1).default(Number.MAX_SAFE_INTEGER),
  history: durationOption.prefault("0"),
  release: durationOption.optional(),
  labels: z.string().min(1, "must name a file").optional(),
  ...endpointOptions,
});
type GenerateOptions = z.output<typeof optionsSchema>;

/** `logbert generate`: a live log stream of a made-up shop, with labelled incidents. */
export function registerGenerate(program: Command): void {
  program
    .command("generate")
    .description("Make a realistic multi-service log stream with labelled incidents, as OTLP or as lines.")
    .option("--rate <n>", "records a second, on average over a day; incidents come on top (default 50)")
    .option(
      "--incidents <what>",
      `none, or a list of ${INCIDENT_KINDS.join(", ")}, every=60s and for=10s; without a kind all take turns`,
    )
    .option(
      "--seed <n>",
      "the same seed gives the same stream, trace ids and all (default: another one each time, which is told)",
    )
    .option("--format <format>", "otlp, lines or jsonl; the last two go to stdout (default otlp)")
    .option("--endpoint <address>", ENDPOINT_HELP.endpoint)
    .option("--protocol <protocol>", ENDPOINT_HELP.protocol)
    .addHelpText("after", SENDER_HELP)
    .option("--duration <time>", "how long the live part lasts, such as 90s or 5m (default: until stopped)")
    .option("--records <n>", "stop after so many records")
    .option("--history <time>", "begin so long ago: the past is made as fast as possible, without incidents")
    .option(
      "--release <time>",
      `${RELEASED_SERVICE} goes from version ${FIRST_VERSION} to ${NEXT_VERSION}, with new messages, so long after the live part began (default: never)`,
    )
    .option("--labels <file>", "write one JSON object for each incident: id, kind, service, fromMs, toMs")
    .action(async (options: unknown) => {
      process.exitCode = await runGenerate(options, processIo());
    });
}

/**
 * Runs until the duration or the number of records is reached, or the signal says stop.
 *
 * @param rawOptions as commander gives them, all texts
 * @param onIncident told of each incident as it begins
 * @returns the exit code
 * @throws UsageError for wrong options
 */
export async function runGenerate(
  rawOptions: unknown,
  io: CommandIo,
  onIncident: (incident: Incident) => void = () => undefined,
): Promise<0 | 1> {
  const options = parseOptions(optionsSchema, rawOptions);
  const liveFromMs = io.clock.now();
  const startMs = liveFromMs - options.history;
  const { seed = drawSeed(io), rate: ratePerSecond, incidents } = options;
  const writeLabel = createLabelWriter(options.labels, io);
  const stream = createLogStream({
    seed,
    startMs,
    ratePerSecond,
    incidents: incidents === undefined ? [] : planIncidents({ ...incidents, startMs: liveFromMs }),
    release: options.release === undefined ? undefined : { atMs: liveFromMs + options.release },
    onIncident: (incident) => {
      writeLabel(incident);
      onIncident(incident);
    },
  });
  const endMs = options.duration === undefined ? Number.POSITIVE_INFINITY : liveFromMs + options.duration;
  const pace = { startMs, endMs, recordsMax: options.records };
  return options.format === "otlp"
    ? sendStream(stream, pace, options, io)
    : printStream(stream, pace, options.format, io);
}

/** Another one each time: a stage would take a stream that comes a second time, with the trace ids of the first, for requests in disorder. */
function drawSeed(io: CommandIo): number {
  const seed = randomInt(SEED_MAX + 1);
  io.err(`Seed ${seed}: --seed ${seed} makes the same stream again.`);
  return seed;
}

function createLabelWriter(file: string | undefined, io: CommandIo): (incident: Incident) => void {
  if (file !== undefined) writeFileSync(file, "");
  return (incident) => {
    const [from, to] = [incident.fromMs, incident.toMs].map((ms) => new Date(ms).toISOString());
    io.err(`Incident ${incident.id}: ${incident.kind} in ${incident.service}, ${from} to ${to}`);
    if (file !== undefined) appendFileSync(file, `${JSON.stringify(incident)}\n`);
  };
}

async function sendStream(
  stream: LogStream,
  pace: Pace,
  options: GenerateOptions,
  io: CommandIo,
): Promise<0 | 1> {
  const forwarder = createForwarder(forwardConfigOf(options, io.environment));
  const sender = createRecordSender(forwarder, io);
  try {
    await play(stream, pace, io, (records) => sender.send(toResources(records)));
  } finally {
    await forwarder.close();
  }
  return summarise(sender.counts, io);
}

async function printStream(
  stream: LogStream,
  pace: Pace,
  format: "lines" | "jsonl",
  io: CommandIo,
): Promise<0> {
  const toLine = format === "lines" ? toTextLine : toJsonLine;
  await play(stream, pace, io, (records) => io.out(records.map((record) => `${toLine(record)}\n`).join("")));
  return 0;
}

interface Pace {
  readonly startMs: number;
  readonly endMs: number;
  readonly recordsMax: number;
}

/** Live records are handed on so often; the past in steps of the other length, without a pause. */
const TICK_MS = 100;
const STEP_MS = 1_000;

/** Hands on what the clock has reached, in the order of time. */
async function play(
  stream: LogStream,
  { startMs, endMs, recordsMax }: Pace,
  { clock, signal }: CommandIo,
  consume: (records: readonly GeneratedRecord[]) => Promise<void>,
): Promise<void> {
  let left = recordsMax;
  let reachedMs = startMs;
  while (!signal.aborted && left > 0 && reachedMs < endMs) {
    const dueMs = Math.min(endMs, clock.now());
    if (reachedMs >= dueMs) {
      await clock.sleep(Math.min(TICK_MS, endMs - dueMs), signal);
      continue;
    }
    reachedMs = Math.min(dueMs, reachedMs + STEP_MS);
    const records = stream.next(reachedMs).slice(0, left);
    left -= records.length;
    if (records.length > 0) await consume(records);
  }
}
