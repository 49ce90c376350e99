import { join } from "node:path";
import type { Command } from "commander";
import { z } from "zod";
import { createCheckpointFile, type Found } from "../processor/learn/checkpoint-file.ts";
import type { Corpus, ServiceCorpus } from "../processor/learn/corpus.ts";
import { createCorpusBuilder } from "../processor/learn/corpus-builder.ts";
import { diskFileSystem, type FileSystem } from "../processor/learn/file-system.ts";
import { lockOutput } from "../processor/learn/lock-output.ts";
import { prepareOutput, saveModel, WORK_DIRECTORY } from "../processor/learn/save-model.ts";
import { trainEventModel } from "../processor/learn/train-event-model.ts";
import { readTrainableModel } from "../processor/learn/trainable-model.ts";
import { TrainingError } from "../processor/learn/training-error.ts";
import type { FeedbackUse } from "../processor/learn/training-report.ts";
import { type RecordedFeedback, readFeedback } from "../processor/promote/read-feedback.ts";
import { LINE_FORMATS } from "../processor/receive/lines/parsed-line.ts";
import { UsageError } from "./exit-code.ts";
import { type CommandIo, processIo } from "./lines/command-io.ts";
import { parseOptions, wholeNumber } from "./lines/parse-options.ts";
import { loadConfig } from "./load-config.ts";
import { packageFile } from "./package-files.ts";
import type { OpenTextEncoder } from "./train/open-text-encoder.ts";
import { readEventIds } from "./train/read-event-ids.ts";
import { readLogs } from "./train/read-logs.ts";
import { readRecordedRuns } from "./train/read-recorded-runs.ts";
import { reportText } from "./train/report-text.ts";
import { showProgress } from "./train/show-progress.ts";
import { tellFailure } from "./train/tell-failure.ts";
import { tellProgress } from "./train/tell-progress.ts";

const FORMATS = [...LINE_FORMATS, "sequences", "recorded"] as const;
const optionsSchema = z.strictObject({
  input: z.array(z.string().min(1), "must name at least one file").min(1),
  out: z.string().min(1).default("logbert-model"),
  from: z.string().min(1).optional(),
  epochs: wholeNumber(1, 10_000).optional(),
  threads: wholeNumber(1, 64).default(1),
  seed: wholeNumber(0, 0xffff_ffff).default(7),
  format: z.enum(FORMATS, `must be one of ${FORMATS.join(", ")}`).default("auto"),
  templates: z.string().min(1).optional(),
  service: z.string().trim().min(1, "must not be empty").max(128).optional(),
  config: z.string().min(1).optional(),
  onlyService: z.string().min(1, "must not be empty").optional(),
  feedback: z.string().min(1).optional(),
  progress: z.enum(["auto", "json"], "must be auto or json").default("auto"),
  restart: z.boolean().default(false),
});
/** A fifth of them is held out, of which 2,048 are asked for. */
const OTHER_EVENTS_MAX = 200_000;
type TrainOptions = z.output<typeof optionsSchema>;

/** What the command is furnished with. */
export interface TrainPorts {
  /** Opens the text encoder of a model directory; throws a ModelError where there is none. */
  openEncoder(directory: string): Promise<OpenTextEncoder>;
  readonly files: FileSystem;
  /** Whether progress may be drawn as a bar. */
  readonly isTerminal: boolean;
  /** Undefined: every ten seconds. */
  readonly checkpointEveryMs?: number;
}

/** `logbert train`: learns from unlabelled logs, and writes a model directory. */
export function registerTrain(program: Command, openEncoder: TrainPorts["openEncoder"]): void {
  program
    .command("train")
    .description(
      "Learn from unlabelled logs, on the CPU alone, and write a model directory. Killed, the same command goes on where it was.",
    )
    .requiredOption("--input <file...>", "log files, as text or packed with gzip")
    .option(
      "--out <dir>",
      "model directory to write; an old one there stays until the new one is complete (default ./logbert-model)",
    )
    .option("--from <dir>", "model directory to begin with (default: the shipped model)")
    .option("--epochs <n>", "how often each event is seen (default: as often as makes about 1,000 steps)")
    .option(
      "--threads <n>",
      "threads of one step; with 1 the weights are the same, bit for bit, every time (default 1)",
    )
    .option("--seed <n>", "another seed, other weights (default 7)")
    .option(
      "--format <format>",
      `${FORMATS.join(", ")} (default auto); sequences: one session of event ids a line; recorded: what a stage has kept in training/`,
    )
    .option(
      "--templates <file>",
      "with --format sequences: id,template below a header, or one template a line",
    )
    .option("--service <name>", "service of records that name none (default: the file's name)")
    .option(
      "--config <file>",
      "configuration of templates, streams and windows (default: LOGBERT_CONFIG, else ./logbert.yaml)",
    )
    .option(
      "--only-service <name>",
      "with --format recorded: learn from this service alone; what that does to the others is measured",
    )
    .option(
      "--feedback <file>",
      "with --format recorded: what people said of anomalies, as a stage writes it for its trainer",
    )
    .option("--progress <form>", "auto, or json: one JSON object a line on stderr (default auto)")
    .option("--restart", "begin from the beginning, whatever was done before")
    .action(async (options: unknown) => {
      const ports = { openEncoder, files: diskFileSystem, isTerminal: process.stderr.isTTY };
      process.exitCode = await runTrain(options, processIo(), ports);
    });
}

/**
 * Trains, and replaces what is at `--out` when the new model is complete.
 *
 * @returns the exit code
 * @throws UsageError and ConfigError for wrong options, ModelError for a model that cannot be trained, TrainingError for
 *   input that teaches nothing, a training that diverges or is stopped, a disk that is full, and a directory that another
 *   training writes to
 */
export async function runTrain(rawOptions: unknown, io: CommandIo, ports: TrainPorts): Promise<0> {
  const options = parseOptions(optionsSchema, rawOptions);
  checkFormat(options);
  try {
    const unlock = await lockOutput(options.out, ports.files, io.clock.now);
    return await trainInto(options, io, ports).finally(unlock);
  } catch (error) {
    if (options.progress === "json") tellFailure(error, io);
    throw error;
  }
}

async function trainInto(options: TrainOptions, io: CommandIo, ports: TrainPorts): Promise<0> {
  const { files } = ports;
  const from = options.from ?? packageFile("models/logbert-s");
  // Before hours of reading: may the directory be written, and is there a model to begin with? It may be in that directory.
  await prepareOutput(options.out, files);
  readTrainableModel(from);
  const { corpus, others, feedback } = await readCorpus(options, io);
  const work = join(options.out, WORK_DIRECTORY);
  if (options.restart) await files.remove(work);
  const { encoder, close } = await ports.openEncoder(from);
  const { report, ...learned } = await trainEventModel(
    corpus,
    from,
    encoder,
    {
      ...options,
      others,
      signal: io.signal,
      checkpointEveryMs: ports.checkpointEveryMs,
      checkpoints: createCheckpointFile(join(work, "checkpoint.bin"), files, (found) => tellFound(found, io)),
    },
    options.progress === "json" ? tellProgress(io) : showProgress(io, ports.isTerminal),
  ).finally(close);
  const trained = { ...learned, report: { ...report, feedback } };
  const version = await saveModel(trained, options.out, io.clock.now(), files);
  await io.out(
    reportText(trained.report, { version, directory: options.out, from: trained.from.description.version }),
  );
  return 0;
}

function checkFormat({ format, templates, onlyService, feedback }: TrainOptions): void {
  if (format === "sequences" && templates === undefined)
    throw new UsageError(
      "--templates: must name the file of the event ids' templates with --format sequences",
    );
  if (format !== "sequences" && templates !== undefined)
    throw new UsageError("--templates: goes with --format sequences only");
  if (format !== "recorded" && onlyService !== undefined)
    throw new UsageError("--only-service: goes with --format recorded only");
  if (format !== "recorded" && feedback !== undefined)
    throw new UsageError("--feedback: goes with --format recorded only");
}

interface Read {
  readonly corpus: Corpus;
  readonly others: readonly ServiceCorpus[];
  readonly feedback: FeedbackUse | undefined;
}

/** What is learned from; and with --only-service a sample of the other services, to which it must do no harm. */
async function readCorpus(options: TrainOptions, io: CommandIo): Promise<Read> {
  const { input: files, format, templates = "", service, onlyService, seed } = options;
  const builder = createCorpusBuilder({ seed });
  const others = createCorpusBuilder({ seed, eventsMax: OTHER_EVENTS_MAX });
  let feedback: FeedbackUse | undefined;
  if (format === "sequences") await readEventIds({ files, templates, service }, builder);
  else if (format === "recorded")
    feedback = await readRecordedRuns(
      files,
      (name) => (name === (onlyService ?? name) ? builder : others),
      options.feedback === undefined ? undefined : await feedbackOn(onlyService, options.feedback),
    );
  else {
    const config = loadConfig({ file: options.config, environment: process.env });
    await readLogs({ files, format, service }, builder, config, io);
  }
  if (io.signal.aborted)
    throw new TrainingError("stopped while the logs were read", "start it again: nothing was learned yet");
  return { corpus: builder.build(), others: others.build().services, feedback };
}

/** Windows of services that are not learned from are no examples: there the weights are measured with what was recorded. */
async function feedbackOn(onlyService: string | undefined, file: string): Promise<RecordedFeedback> {
  const { trueAnomalies, expected } = await readFeedback(file);
  return { trueAnomalies, expected: expected.filter(({ service }) => service === (onlyService ?? service)) };
}

function tellFound(found: Found, io: CommandIo): void {
  if (found.kind === "usable") io.err(`Going on after step ${found.step}, where an earlier run stopped.`);
  if (found.kind === "other")
    io.err("An earlier run had other input, options or another model: training begins from the beginning.");
  if (found.kind === "damaged")
    io.err("The checkpoint of an earlier run is damaged: training begins from the beginning.");
}
