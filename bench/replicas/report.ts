import { markdownTable } from "../../cli/evaluate/report/markdown-table.ts";
import { sum } from "../scaling/stream-weights.ts";
import { figure, median, quantile, spread } from "../stage/statistics.ts";
import type { ReplicaRun, Stretch } from "./measure.ts";
import type { Look } from "./stages.ts";

/** The runs with one number of stages, one a round. */
export type Rounds = readonly ReplicaRun[];

const US_PER_MS = 1_000;
const MS_PER_SECOND = 1_000;
const KIB = 1_024;

const stagesCpu = ({ stagesCpuMs }: Look) => sum(stagesCpuMs);
const writes = ({ database }: Look) => database.writes;
const used = ({ before, after }: Stretch, of: (look: Look) => number) => of(after) - of(before);
const spanSeconds = ({ before, after }: Stretch) => (after.atMs - before.atMs) / MS_PER_SECOND;
const usARecord = (stretch: Stretch, of: (look: Look) => number) =>
  (used(stretch, of) * US_PER_MS) / stretch.records;
const aSecond = (stretch: Stretch, of: (look: Look) => number) => used(stretch, of) / spanSeconds(stretch);

/** As fast as records are taken; times one stage: in the same round. */
export function burstTable(all: readonly Rounds[]): string {
  const base = all[0] ?? [];
  const rate = ({ burst }: ReplicaRun) => burst.records / burst.seconds;
  const ratio = (rounds: Rounds, of: (run: ReplicaRun) => number) =>
    spread(rounds.map((run, round) => of(run) / of(base[round] ?? run)));
  const cpu = (of: (look: Look) => number) => (run: ReplicaRun) => usARecord(run.burst, of);
  return markdownTable(
    [
      "stages",
      "records/s",
      "times one stage",
      "stages, CPU µs a record",
      "times one stage",
      "gateway, µs",
      "PostgreSQL, µs",
      "APIs, µs",
      "cores busy",
      "fullest stage's share of the CPU",
      "unscored",
      "lost / doubled / refused",
    ],
    all.map((rounds) => [
      String(rounds[0]?.stages),
      spread(rounds.map(rate)),
      ratio(rounds, rate),
      spread(rounds.map(cpu(stagesCpu))),
      ratio(rounds, cpu(stagesCpu)),
      spread(rounds.map(cpu(({ gatewayCpuMs }) => gatewayCpuMs))),
      spread(rounds.map(cpu(({ databaseCpuMs }) => databaseCpuMs))),
      spread(rounds.map(cpu(({ apisCpuMs }) => apisCpuMs))),
      spread(rounds.map(({ burst }) => (usARecord(burst, everything) * burst.records) / burst.seconds / 1e6)),
      spread(rounds.map(({ burst }) => fullestShare(burst))),
      figure(sum(rounds.map(({ burst }) => used(burst, ({ unscored }) => unscored)))),
      [
        sum(rounds.map(({ lost }) => lost)),
        sum(rounds.map(({ doubled }) => doubled)),
        sum(rounds.map(({ refused }) => refused)),
      ].join(" / "),
    ]),
  );
}

function everything({ stagesCpuMs, apisCpuMs, gatewayCpuMs, databaseCpuMs }: Look): number {
  return sum(stagesCpuMs) + apisCpuMs + gatewayCpuMs + databaseCpuMs;
}

function fullestShare({ before, after }: Stretch): number {
  const each = after.stagesCpuMs.map((cpuMs, i) => cpuMs - (before.stagesCpuMs[i] ?? 0));
  return Math.max(...each) / sum(each);
}

/** The same rate for any number of stages: what more of them cost. */
export function pacedTable(all: readonly Rounds[]): string {
  const cells = (rounds: Rounds, of: (run: ReplicaRun) => number) => spread(rounds.map(of));
  return markdownTable(
    [
      "stages",
      "stages, CPU µs a record",
      "gateway, µs",
      "PostgreSQL, µs",
      "APIs, µs",
      "p50 ms",
      "p99 ms",
      "statements/s",
      "writing transactions/s",
      "each waits for its turn, ms",
      "KiB/s to the WAL",
      "RSS of a stage, MiB",
      "of its API",
      "of the gateway",
    ],
    all.map((rounds) => {
      const sorted = rounds.flatMap(({ paced }) => paced.latenciesMs).toSorted((a, b) => a - b);
      const cpu = (of: (look: Look) => number) => cells(rounds, ({ paced }) => usARecord(paced, of));
      return [
        String(rounds[0]?.stages),
        cpu(stagesCpu),
        cpu(({ gatewayCpuMs }) => gatewayCpuMs),
        cpu(({ databaseCpuMs }) => databaseCpuMs),
        cpu(({ apisCpuMs }) => apisCpuMs),
        figure(quantile(sorted, 0.5)),
        figure(quantile(sorted, 0.99)),
        cells(rounds, ({ paced }) => aSecond(paced, ({ database }) => database.statements)),
        cells(rounds, ({ paced }) => aSecond(paced, writes)),
        cells(
          rounds,
          ({ paced }) => used(paced, ({ database }) => database.writesWaitedMs) / used(paced, writes),
        ),
        cells(rounds, ({ paced }) => aSecond(paced, ({ database }) => database.walBytes) / KIB),
        cells(rounds, ({ paced }) => median(paced.after.stagesRssMiB)),
        cells(rounds, ({ paced }) => median(paced.after.apisRssMiB)),
        cells(rounds, ({ paced }) => paced.after.gatewayRssMiB),
      ];
    }),
  );
}

/** Nothing is sent: what a stage costs by being there. All figures are of one stage. */
export function idleTable(all: readonly Rounds[]): string {
  const each = (rounds: Rounds, of: (look: Look) => number) =>
    spread(rounds.map(({ idle, stages }) => aSecond(idle, of) / stages));
  return markdownTable(
    [
      "stages",
      "a stage, CPU ms/s",
      "its API, ms/s",
      "PostgreSQL for it, ms/s",
      "statements/s",
      "writing transactions/s",
      "KiB/s to the WAL",
      "connections",
    ],
    all.map((rounds) => [
      String(rounds[0]?.stages),
      each(rounds, stagesCpu),
      each(rounds, ({ apisCpuMs }) => apisCpuMs),
      each(rounds, ({ databaseCpuMs }) => databaseCpuMs),
      each(rounds, ({ database }) => database.statements),
      each(rounds, writes),
      each(rounds, ({ database }) => database.walBytes / KIB),
      spread(rounds.map(({ idle, stages }) => idle.after.database.connections / stages)),
    ]),
  );
}
