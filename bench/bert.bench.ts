import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { markdownTable } from "../cli/evaluate/report/markdown-table.ts";
import { temporaryDirectory } from "../test/helpers/temporary-directory.ts";
import { BERT_BASE, type BertSizes, bertGraph } from "./bert/bert-graph.ts";
import { type ChurnRun, startChurnRun } from "./churn/run-churn.ts";
import { conditions } from "./stage/conditions.ts";
import { untilQuiet } from "./stage/process-usage.ts";
import { figure, spread } from "./stage/statistics.ts";

/**
 * The method that this project began with against what it became: BERT-base over the text of 20 lines for every 5 lines, through
 * onnxruntime on one thread, against the whole stage with everything in it. In turns; processor time of all threads.
 * `--quick` only shows that it still runs.
 */
const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    rounds: { type: "string", default: "5" },
    windows: { type: "string", default: "8" },
    records: { type: "string", default: "20000" },
  },
});
const ROUNDS = values.quick ? 1 : Number(values.rounds);
const WINDOWS = values.quick ? 1 : Number(values.windows);
const RECORDS = values.quick ? 200 : Number(values.records);
const RECORDS_EACH = values.quick ? 20 : 1_000;
const TINY: BertSizes = { layers: 1, hidden: 8, heads: 2, intermediate: 16, vocabulary: 20, pieces: 16 };
const SIZES = values.quick ? TINY : BERT_BASE;
/** Of the original program. */
const STEP = 5;
const GOAL_TIMES = 1_000;

const bert = await openBert(SIZES);
const run = await startChurnRun({
  churn: {
    seed: 1,
    services: 10,
    recordsPerNewService: 0,
    templatesEach: 20,
    recordsPerRelease: 0,
    sessions: 400,
    recordsPerSession: 12,
  },
  recordsEach: RECORDS_EACH,
  recordsMax: 10_000_000,
});
try {
  await bert();
  await stageUs(run);
  const windowsMs: number[] = [];
  const recordsUs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    windowsMs.push(await windowMs());
    recordsUs.push(await stageUs(run));
  }
  const bertUs = windowsMs.map((ms) => (ms * 1000) / STEP);
  const ratios = bertUs.map((us, round) => us / (recordsUs[round] ?? Number.NaN));
  console.log(`${conditions()}; rounds: ${ROUNDS}\n`);
  console.log(
    markdownTable(
      ["", "CPU ms a window", "CPU µs a record"],
      [
        [
          `BERT, ${SIZES.layers} layers x ${SIZES.hidden}, ${SIZES.pieces} word pieces, a window each ${STEP} lines`,
          spread(windowsMs),
          spread(bertUs),
        ],
        [`logbert, the whole stage, ${RECORDS_EACH} records a request`, "", spread(recordsUs)],
        [`times (goal: ${figure(GOAL_TIMES)})`, "", spread(ratios)],
      ],
    ),
  );
} finally {
  await run.close();
}

async function openBert(sizes: BertSizes): Promise<() => Promise<void>> {
  const file = join(temporaryDirectory("bench-bert"), "bert.onnx");
  writeFileSync(file, bertGraph(sizes));
  const session = await InferenceSession.create(file, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const ids = BigInt64Array.from({ length: sizes.pieces }, (_, i) => BigInt((i * 7919) % sizes.vocabulary));
  const shape = [1, sizes.pieces];
  const inputs = {
    input_ids: new Tensor("int64", ids, shape),
    attention_mask: new Tensor("int64", new BigInt64Array(sizes.pieces).fill(1n), shape),
  };
  return async () => {
    const { logits } = await session.run(inputs);
    if (logits?.data.length !== 2) throw new Error("BERT gave no two logits");
  };
}

/** Processor time of one window. */
async function windowMs(): Promise<number> {
  const before = process.cpuUsage();
  for (let i = 0; i < WINDOWS; i += 1) await bert();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / WINDOWS;
}

/** Processor time that the stage takes for a record, what the last answer leaves to be done included. */
async function stageUs({ burst, look, stage }: ChurnRun): Promise<number> {
  const before = await look();
  const { records } = await burst({ inFlight: 4, records: RECORDS, seconds: 600 });
  await untilQuiet(stage.pid, values.quick ? 0 : 10_000);
  return (((await look()).cpuMs - before.cpuMs) * 1000) / records;
}
