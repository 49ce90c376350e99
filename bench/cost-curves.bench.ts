import { parseArgs } from "node:util";
import { markdownTable } from "../cli/evaluate/report/markdown-table.ts";
import type { ChurnOptions } from "./churn/churn-stream.ts";
import { type ChurnRun, startChurnRun } from "./churn/run-churn.ts";
import { conditions } from "./stage/conditions.ts";
import { untilQuiet } from "./stage/process-usage.ts";
import { figure, spread } from "./stage/statistics.ts";

/**
 * What a record costs the whole stage where there are ten times as many services, templates, or events in a window, the traffic
 * being the same otherwise. Each has a stage of its own; when all of them know their log they take turns, so that other work on the
 * machine falls on all alike, and ratios are those of one turn. `--quick` only shows that it still runs.
 */
const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    rounds: { type: "string", default: "5" },
    /** Records of a turn, and those before the first. */
    records: { type: "string", default: "20000" },
    warm: { type: "string", default: "100000" },
    times: { type: "string", default: "10" },
  },
});
const ROUNDS = values.quick ? 1 : Number(values.rounds);
const RECORDS = values.quick ? 200 : Number(values.records);
const WARM = values.quick ? 200 : Number(values.warm);
const TIMES = Number(values.times);
const RECORDS_EACH = values.quick ? 20 : 1_000;
const WINDOW_EVENTS = 20;

const BASE: ChurnOptions = {
  seed: 1,
  services: 10,
  recordsPerNewService: 0,
  templatesEach: 20,
  recordsPerRelease: 0,
  sessions: 100,
  // Long enough for the longest windows.
  recordsPerSession: 400,
};

interface Variant {
  readonly name: string;
  readonly churn: ChurnOptions;
  readonly windowEvents: number;
}

const VARIANTS: readonly Variant[] = [
  {
    name: `${BASE.services} services of ${BASE.templatesEach} templates, windows of ${WINDOW_EVENTS}`,
    churn: BASE,
    windowEvents: WINDOW_EVENTS,
  },
  {
    name: `${TIMES} times the services, as many templates each`,
    churn: { ...BASE, services: BASE.services * TIMES },
    windowEvents: WINDOW_EVENTS,
  },
  {
    name: `${TIMES} times the templates of each service`,
    churn: { ...BASE, templatesEach: BASE.templatesEach * TIMES },
    windowEvents: WINDOW_EVENTS,
  },
  { name: `${TIMES} times the window`, churn: BASE, windowEvents: WINDOW_EVENTS * TIMES },
];

interface Measured extends Variant {
  readonly run: ChurnRun;
  readonly cpuUs: number[];
  readonly rssMiB: number[];
}

const measured: readonly Measured[] = await Promise.all(
  VARIANTS.map(async (variant) => ({ ...variant, run: await start(variant), cpuUs: [], rssMiB: [] })),
);
try {
  for (const { run, name } of measured) {
    await burst(run, WARM);
    console.error(`${name}: knows its log`);
  }
  for (let round = 0; round < ROUNDS; round += 1)
    for (const { run, cpuUs, rssMiB } of measured) {
      const before = (await run.look()).cpuMs;
      const records = await burst(run, RECORDS);
      const after = await run.look();
      cpuUs.push(((after.cpuMs - before) * 1000) / records);
      rssMiB.push(after.rssMiB);
    }
  print();
} finally {
  await Promise.all(measured.map(({ run }) => run.close()));
}

function start({ churn, windowEvents }: Variant): Promise<ChurnRun> {
  return startChurnRun({
    churn,
    recordsEach: RECORDS_EACH,
    recordsMax: WARM + (ROUNDS + 1) * (RECORDS + RECORDS_EACH),
    window: { size: windowEvents },
  });
}

/** Over when nothing is left to do. */
async function burst({ burst, stage }: ChurnRun, records: number): Promise<number> {
  const lap = await burst({ inFlight: 4, records, seconds: 3_600 });
  await untilQuiet(stage.pid, values.quick ? 0 : 10_000);
  return lap.records;
}

function print(): void {
  const base = measured[0]?.cpuUs ?? [];
  console.log(
    `${conditions()}; rounds: ${ROUNDS} of ${RECORDS} records after ${WARM}, ${RECORDS_EACH} a request\n`,
  );
  console.log(
    markdownTable(
      ["", "CPU µs a record", "times the first", "RSS MiB"],
      measured.map(({ name, cpuUs, rssMiB }) => [
        name,
        spread(cpuUs),
        spread(cpuUs.map((us, round) => us / (base[round] ?? Number.NaN))),
        figure(rssMiB.at(-1) ?? Number.NaN),
      ]),
    ),
  );
}
