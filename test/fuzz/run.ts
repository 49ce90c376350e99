import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { type Campaign, type Failure, startCampaign, type WindowReport } from "./campaign.ts";
import { caseFromJson, caseToJson, type FuzzCase } from "./fuzz-case.ts";
import { leakIn } from "./leak-watch.ts";
import { makeCase } from "./make-case.ts";
import { minimise } from "./minimise.ts";
import { runShards } from "./run-shards.ts";

const FAILURES = join(import.meta.dirname, "failures");
const WINDOWS_MIN = 16;
const WINDOW_CASES_MAX = 5_000;
/** So many failures say enough. */
const FAILURES_MAX = 50;

const USAGE = `npm run fuzz -- [--requests N] [--seed N] [--from N] [--minutes N] [--processes N]
    sends N random requests (default 100,000) of a seed (1), from case number N (0) on; no new ones after so many minutes;
    in so many processes (1), each with a stage and a part of the case numbers
npm run fuzz -- --replay FILE...
    sends cases that were written down
`;

/** Which cases are sent. */
interface Plan {
  readonly requests: number;
  readonly seed: number;
  readonly from: number;
  readonly minutes: number;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    requests: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
    from: { type: "string", default: "0" },
    minutes: { type: "string", default: "100000" },
    processes: { type: "string", default: "1" },
    replay: { type: "string", multiple: true },
    help: { type: "boolean", default: false },
  },
});

process.exitCode = values.help
  ? usage()
  : values.replay
    ? await replay([...values.replay, ...positionals])
    : await fuzz();

function usage(): number {
  process.stdout.write(USAGE);
  return 0;
}

/** Sends cases from disk, one after the other, and says what became of each. */
async function replay(files: readonly string[]): Promise<number> {
  const campaign = await startCampaign();
  let wrong = 0;
  for (const file of files) {
    const problem = await campaign.problemOf(caseFromJson(readFileSync(file, "utf8")));
    process.stdout.write(`${basename(file)}: ${problem ?? "right"}\n`);
    if (problem !== undefined) wrong++;
  }
  await campaign.stop();
  return wrong === 0 ? 0 : 1;
}

async function fuzz(): Promise<number> {
  const count = z.coerce.number().int().min(0);
  const schema = z.object({
    requests: count,
    seed: count,
    from: count,
    minutes: count,
    processes: count.min(1),
  });
  const plan = schema.parse(values);
  return plan.processes === 1 ? fuzzHere(plan) : runShards(import.meta.filename, plan);
}

async function fuzzHere(plan: Plan): Promise<number> {
  const campaign = await startCampaign();
  const startedAtMs = performance.now();
  const windows: WindowReport[] = [];
  const failures: Failure[] = [];
  const size = Math.min(WINDOW_CASES_MAX, Math.ceil(plan.requests / WINDOWS_MIN));
  const seconds = () => (performance.now() - startedAtMs) / 1000;
  for (let done = 0; done < plan.requests && seconds() < plan.minutes * 60; ) {
    const count = Math.min(size, plan.requests - done);
    const report = await campaign.window(casesOf(plan.seed, plan.from + done, count));
    done += count;
    windows.push(report);
    failures.push(...report.failures);
    for (const failure of report.failures) await writeDown(failure, plan.seed, campaign);
    process.stderr.write(
      `${done} requests, ${failures.length} wrong, ${(done / seconds()).toFixed(0)}/s, ${heldText(report)}\n`,
    );
    if (failures.length > FAILURES_MAX) break;
  }
  const leak = leakIn(windows.map(({ held }) => held)) ?? (await campaign.admissionProblem());
  await campaign.stop();
  process.stdout.write(reportText(plan.seed, windows, failures, leak, seconds()));
  return failures.length === 0 && leak === undefined ? 0 : 1;
}

function* casesOf(seed: number, from: number, count: number): Generator<readonly [number, FuzzCase]> {
  for (let number = from; number < from + count; number++) yield [number, makeCase(seed, number)];
}

/** Keeps a failing case, and the smallest one like it where that is soon found. */
async function writeDown(failure: Failure, seed: number, campaign: Campaign): Promise<void> {
  process.stderr.write(
    `WRONG: case ${failure.place} of seed ${seed} (${failure.one?.name}): ${failure.problem}\n`,
  );
  if (failure.one === undefined) return;
  mkdirSync(FAILURES, { recursive: true });
  const file = join(FAILURES, `${seed}-${failure.place}.json`);
  const smallest = await minimise(
    failure.one,
    async (one) => (await campaign.problemOf(one)) === failure.problem,
  );
  writeFileSync(file, caseToJson(smallest));
  process.stderr.write(`npm run fuzz -- --replay ${file}\n`);
}

function heldText({ held }: WindowReport): string {
  return `heap ${held.heapMib.toFixed(1)} MiB, buffers ${held.buffersMib.toFixed(1)}, RSS ${held.rssMib.toFixed(0)}, ${held.resources} sockets`;
}

function reportText(
  seed: number,
  windows: readonly WindowReport[],
  failures: readonly Failure[],
  leak: string | undefined,
  seconds: number,
): string {
  const sum = (key: "taken" | "refused" | "closed" | "open") =>
    windows.reduce((total, one) => total + one[key], 0);
  const all = sum("taken") + sum("refused") + sum("closed");
  const [first, last] = [windows[Math.floor(windows.length / 4)], windows.at(-1)];
  return [
    `${all} requests of seed ${seed} in ${seconds.toFixed(0)} s (${(all / seconds).toFixed(0)}/s), Node ${process.versions.node}`,
    `taken ${sum("taken")}, refused ${sum("refused")}, ended by the sender ${sum("closed")}; either was right for ${sum("open")}`,
    `records that arrived: ${last?.records ?? 0}`,
    `held after a quarter: ${first === undefined ? "" : heldText(first)}`,
    `held at the end:      ${last === undefined ? "" : heldText(last)}`,
    `wrong: ${failures.length}; leak: ${leak ?? "none"}`,
    "",
  ].join("\n");
}
