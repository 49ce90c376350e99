import { setImmediate } from "node:timers/promises";
import type { Command } from "commander";
import { z } from "zod";
import { evaluateColdStart } from "./evaluate/cold-start/evaluate-cold-start.ts";
import { formatColdStart } from "./evaluate/cold-start/format-cold-start.ts";
import { evaluateContamination } from "./evaluate/contamination/evaluate-contamination.ts";
import { formatContamination } from "./evaluate/contamination/format-contamination.ts";
import { DATA_SET_NAMES, DATA_SETS } from "./evaluate/data/data-sets.ts";
import type { DetectorUnderTest, OnRun } from "./evaluate/detector-under-test.ts";
import { type DetectorOptions, detectorsUnderTest } from "./evaluate/detectors.ts";
import { evaluateSet } from "./evaluate/evaluate-set.ts";
import type { EvaluationSet } from "./evaluate/evaluation-set.ts";
import { formatReport } from "./evaluate/report/format-report.ts";
import { toJsonRows } from "./evaluate/report/to-json.ts";
import { evaluateRobustness } from "./evaluate/robustness/evaluate-robustness.ts";
import { formatRobustness } from "./evaluate/robustness/format-robustness.ts";
import type { DetectorResult } from "./evaluate/summarise.ts";
import { UsageError } from "./exit-code.ts";
import { type CommandIo, processIo } from "./lines/command-io.ts";
import { parseOptions, wholeNumber } from "./lines/parse-options.ts";

const optionsSchema = z.strictObject({
  dataset: z.enum(["all", ...DATA_SET_NAMES], `must be all or one of ${DATA_SET_NAMES.join(", ")}`),
  data: z.string().min(1, "must name a directory").default("../shared/data"),
  model: z.string().min(1, "must name a directory").optional(),
  detectors: z.string().min(1, "must name detectors").optional(),
  seeds: wholeNumber(1, 100).default(5),
  json: z.boolean().default(false),
  robustness: z.boolean().default(false),
  coldStart: z.boolean().default(false),
  contamination: z.boolean().default(false),
});
type EvaluateOptions = z.output<typeof optionsSchema>;

/** `logbert evaluate`: the published benchmarks, with the cheap detectors beside every result. */
export function registerEvaluate(program: Command): void {
  program
    .command("evaluate")
    .description(
      "Measure detection on public data sets, with cheap detectors and published figures beside it.",
    )
    .requiredOption("--dataset <name>", `all, or one of ${DATA_SET_NAMES.join(", ")}`)
    .option("--data <dir>", "directory of the public data sets (default ../shared/data)")
    .option("--model <dir>", "model directory (default: the shipped model)")
    .option("--detectors <names>", "only these, separated by commas (default: all)")
    .option("--seeds <n>", "runs of each detector that depends on a seed (default 5)")
    .option("--robustness", "measure on tests that have changed since training, instead of the main table")
    .option("--cold-start", "measure after 10,000 unlabelled events, instead of the main table")
    .option("--contamination", "measure with anomalies among the training units, instead of the main table")
    .option("--json", "an array of results instead of tables")
    .action(async (options: unknown) => {
      process.exitCode = await runEvaluate(options, processIo());
    });
}

/**
 * Evaluates one data set after the other.
 *
 * @param available makes every detector that may be named
 * @returns the exit code
 * @throws UsageError for wrong options and for data that are missing or malformed, ModelError for a model that a detector
 *   needs and that cannot be used, LeakError for data that leak
 */
export async function runEvaluate(
  rawOptions: unknown,
  io: CommandIo,
  available: (options: DetectorOptions) => readonly DetectorUnderTest[] = detectorsUnderTest,
): Promise<0> {
  const options = parseOptions(optionsSchema, rawOptions);
  const { robustness, coldStart, contamination } = options;
  if ([robustness, coldStart, contamination].filter(Boolean).length > 1)
    throw new UsageError("--robustness, --cold-start and --contamination cannot go together");
  const detectors = chooseDetectors(options.detectors, available({ modelDirectory: options.model }));
  const names = options.dataset === "all" ? DATA_SET_NAMES : [options.dataset];
  for (const name of names) for (const detector of detectors) detector.assertReady?.(name);
  const collected: DetectorResult[] = [];
  for (const name of names) {
    io.err(`${name}: reading ${options.data}`);
    const set = await DATA_SETS[name](options.data);
    const { results, report } = await measure(set, detectors, options, async (detector, seed) => {
      io.err(`${name}: ${detector}, seed ${seed}`);
      // Baselines compute without a pause: a signal is only heard in one.
      await setImmediate();
      if (io.signal.aborted) throw new Error(`stopped before ${name} was complete`);
    });
    collected.push(...results);
    if (!options.json) await io.out(`${report}\n`);
  }
  if (options.json) await io.out(`${JSON.stringify(toJsonRows(collected), null, 2)}\n`);
  return 0;
}

async function measure(
  set: EvaluationSet,
  detectors: readonly DetectorUnderTest[],
  { seeds, robustness, coldStart, contamination }: EvaluateOptions,
  onRun: OnRun,
): Promise<{ readonly results: readonly DetectorResult[]; readonly report: string }> {
  if (robustness) {
    const variants = await evaluateRobustness(set, detectors, seeds, onRun);
    const results = variants.flatMap((variant) => variant.results);
    return { results, report: formatRobustness(set.name, variants) };
  }
  if (coldStart) {
    const result = await evaluateColdStart(set, detectors, seeds, onRun);
    return { results: [...result.cold, ...result.trained], report: formatColdStart(set.name, result) };
  }
  if (contamination) {
    const variants = await evaluateContamination(set, detectors, seeds, onRun);
    const results = variants.flatMap((variant) => variant.results);
    return { results, report: formatContamination(set.name, variants) };
  }
  const { head, results } = await evaluateSet(set, detectors, seeds, onRun);
  return { results, report: formatReport(head, results) };
}

function chooseDetectors(
  names: string | undefined,
  available: readonly DetectorUnderTest[],
): readonly DetectorUnderTest[] {
  if (names === undefined) return available;
  return names.split(",").map((name) => {
    const found = available.find((detector) => detector.name === name.trim());
    if (found !== undefined) return found;
    const known = available.map((detector) => detector.name).join(", ");
    throw new UsageError(`--detectors: "${name.trim()}" is none; there are ${known}`);
  });
}
