import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { conditions } from "./stage/conditions.ts";
import { fillBlock } from "./stage/generated-block.ts";

/**
 * All measurements in one go on one machine, one after the other. Each one's block of RESULTS.md is filled anew as soon as it is done;
 * the prose around the blocks is people's. `--quick` only shows that all of them still run, and writes nothing unless `--out` names a
 * file. The soak takes an hour and is a command of its own (bench/soak.ts).
 */
const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    /** A part of a file's name. */
    only: { type: "string", multiple: true },
    data: { type: "string", default: process.env["LOGBERT_TEST_DATA"] ?? "../shared/data" },
    out: { type: "string" },
  },
});

interface Benchmark {
  readonly file: string;
  readonly title: string;
  /** About how long the whole takes, in minutes, on two cores. */
  readonly minutes: number;
  /** Besides --quick. */
  readonly arguments?: readonly string[];
  readonly needsData?: boolean;
}

const BENCHMARKS: readonly Benchmark[] = [
  { file: "parser-accuracy.ts", title: "Template mining", minutes: 0.5, needsData: true },
  { file: "wire.bench.ts", title: "The codec", minutes: 0.5 },
  { file: "redaction.bench.ts", title: "Redaction", minutes: 1 },
  { file: "transport.bench.ts", title: "Transport", minutes: 2 },
  { file: "detectors.bench.ts", title: "The detectors, one by one", minutes: 1 },
  { file: "alerts.ts", title: "Alerts that a newcomer gets to see", minutes: 3 },
  { file: "releases.ts", title: "What a release costs", minutes: 12 },
  { file: "thinning.ts", title: "How much of a log thinning keeps", minutes: 5, needsData: true },
  { file: "thinning-cost.bench.ts", title: "What thinning costs", minutes: 2, needsData: true },
  { file: "scoring-cost.bench.ts", title: "From window to verdict", minutes: 3, needsData: true },
  { file: "stage.bench.ts", title: "The whole stage", minutes: 8, needsData: true },
  { file: "cost-curves.bench.ts", title: "Ten times as many services, templates, events", minutes: 5 },
  { file: "bert.bench.ts", title: "BERT-base, the method of the original program", minutes: 2 },
  {
    file: "memory.bench.ts",
    title: "Memory over very many templates, services and sessions",
    minutes: 5,
    arguments: ["--records", "500000", "--points", "10"],
  },
  { file: "slider.bench.ts", title: "The threshold's slider", minutes: 0.5 },
  { file: "feedback.bench.ts", title: "Ten thousand labels, and one that changes", minutes: 0.5 },
  { file: "canaries.bench.ts", title: "Canaries that the detector finds", minutes: 2, needsData: true },
  { file: "training-latency.bench.ts", title: "A training beside the stage", minutes: 2 },
  { file: "preview.bench.ts", title: "The API's answers over a month of scores", minutes: 4 },
  { file: "store.bench.ts", title: "PostgreSQL in the place of SQLite", minutes: 3 },
  { file: "everywhere.bench.ts", title: "What is said at one stage, at another one", minutes: 1.5 },
  { file: "kafka.bench.ts", title: "From a topic of Kafka to another one", minutes: 3 },
  { file: "scaling.ts", title: "How streams fall on stages", minutes: 2, needsData: true },
  { file: "replicas.bench.ts", title: "One, two and four stages", minutes: 6, needsData: true },
  { file: "api-load.bench.ts", title: "A client of the API beside the stage", minutes: 6 },
];

const out = values.out ?? (values.quick ? undefined : join(import.meta.dirname, "RESULTS.md"));
const chosen = BENCHMARKS.filter(
  ({ file }) => values.only === undefined || values.only.some((part) => file.includes(part)),
);
const minutes = chosen.reduce((sum, one) => sum + one.minutes, 0);
console.error(`${chosen.length} benchmarks${values.quick ? ", quickly" : `, about ${minutes} minutes`}`);
for (const benchmark of chosen) await measure(benchmark);

async function measure({ file, title, arguments: own = [], needsData }: Benchmark): Promise<void> {
  const args = values.quick ? ["--quick"] : own;
  if (needsData === true && !existsSync(values.data)) {
    console.error(
      `MISSING for ${file}: the labelled public logs; provide them by: LOGBERT_TEST_DATA=/path/to/data`,
    );
    return;
  }
  const loadBefore = loadavg()[0] ?? 0;
  const startedAt = performance.now();
  const child = spawn(process.execPath, [join(import.meta.dirname, file), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, LOGBERT_TEST_DATA: values.data },
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const output = await text(child.stdout);
  const code = await ended;
  if (code !== 0) throw new Error(`${file} left with ${code}`);
  const seconds = (performance.now() - startedAt) / 1000;
  const command = ["node", `bench/${file}`, ...args].join(" ");
  const content =
    `\`${command}\`, ${seconds.toFixed(0)} s; load before it ${loadBefore.toFixed(1)}. ${conditions()}.\n\n` +
    asMarkdown(output);
  console.log(`### ${title}\n\n${content}\n`);
  if (out === undefined) return;
  writeFileSync(out, fillBlock(readFileSync(out, "utf8"), file, title, content));
}

/** Tables as they are, one level of headings lower; anything else as it was printed. */
function asMarkdown(output: string): string {
  return /^\|/m.test(output) ? output.replace(/^### /gm, "#### ") : `\`\`\`text\n${output.trim()}\n\`\`\``;
}
