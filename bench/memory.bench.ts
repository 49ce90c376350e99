import { parseArgs } from "node:util";
import { startChurnRun } from "./churn/run-churn.ts";
import { conditions } from "./stage/conditions.ts";
import { untilQuiet } from "./stage/process-usage.ts";
import { figure } from "./stage/statistics.ts";

/**
 * Resident memory while very many templates, services and sessions go by: 100,000 templates of 10,000 services in 1,000,000
 * sessions by default, as fast as they are taken. With fewer records there are fewer sessions; templates and services are all seen
 * once in about as many records as there are templates, times three. `--quick` only shows that it still runs.
 */
const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    records: { type: "string", default: "10000000" },
    services: { type: "string", default: "10000" },
    templates: { type: "string", default: "100000" },
    /** Lines of the curve. */
    points: { type: "string", default: "20" },
    seed: { type: "string", default: "1" },
    /** For the stage's Node, such as --max-semi-space-size=8. */
    "node-arg": { type: "string", multiple: true, default: [] },
  },
});
const RECORDS = values.quick ? 2_000 : Number(values.records);
const SERVICES = values.quick ? 10 : Number(values.services);
const POINTS = values.quick ? 2 : Number(values.points);
const RECORDS_PER_SESSION = 10;
const LOAD = { inFlight: 10, seconds: 86_400 };

const run = await startChurnRun({
  churn: {
    seed: Number(values.seed),
    services: SERVICES,
    recordsPerNewService: 0,
    templatesEach: values.quick ? 10 : Math.round(Number(values.templates) / SERVICES),
    recordsPerRelease: 0,
    sessions: Math.min(10_000, RECORDS / 10),
    recordsPerSession: RECORDS_PER_SESSION,
  },
  recordsEach: values.quick ? 100 : 1_000,
  recordsMax: RECORDS + 10_000,
  nodeArgs: values["node-arg"],
});
try {
  console.log(`${conditions()}; ready in ${run.stage.readyMs.toFixed(0)} ms`);
  console.log(
    "| records | records/s | RSS MiB | its peak | API's RSS MiB | heap used MiB | heap MiB | external MiB | other threads' heaps MiB | CPU µs a record | unscored | lost / doubled |\n|---|---|---|---|---|---|---|---|---|---|---|---|",
  );
  await line(0, Number.NaN, Number.NaN);
  for (let i = 1; i <= POINTS; i += 1) {
    const { cpuMs } = await run.look();
    const lap = await run.burst({ ...LOAD, records: RECORDS / POINTS });
    const used = (await run.look()).cpuMs - cpuMs;
    await line(lap.answeredBelow, lap.records / lap.seconds, (used * 1000) / lap.records);
  }
  await untilQuiet(run.stage.pid, values.quick ? 0 : 30_000);
  console.log("\nand when nothing is left to do:\n");
  await line(RECORDS, Number.NaN, Number.NaN);
} finally {
  await run.close();
}

async function line(records: number, recordsPerSecond: number, cpuUs: number): Promise<void> {
  const { rssMiB, peakRssMiB, childrenRssMiB, vitals, threadsHeapMiB, scoring } = await run.look();
  const { lost, doubled } = await run.delivered(records);
  const cells = [
    String(records),
    figure(recordsPerSecond),
    figure(rssMiB),
    figure(peakRssMiB),
    figure(childrenRssMiB),
    figure(vitals?.heapUsedMiB ?? Number.NaN),
    figure(vitals?.heapTotalMiB ?? Number.NaN),
    figure(vitals?.externalMiB ?? Number.NaN),
    figure(threadsHeapMiB),
    figure(cpuUs),
    String(scoring?.unscored ?? ""),
    `${lost} / ${doubled}`,
  ];
  console.log(`| ${cells.join(" | ")} |`);
}
