import { markdownTable } from "../../cli/evaluate/report/markdown-table.ts";
import type { Run, Throughput } from "./measure.ts";
import type { Scoring } from "./subjects.ts";

/** The runs of one subject, in the order of the rounds. */
export interface Measured {
  readonly subject: string;
  readonly runs: readonly Run[];
}

const WHOLE = 100;

/** Medians over the rounds; in brackets the smallest and the largest. Ratios are those of the same round to the first subject. */
export function coldPassTable(measured: readonly Measured[]): string {
  return markdownTable(
    [
      "",
      "CPU µs a record",
      "times the first",
      "records/s",
      "records",
      "scored",
      "scored without the model",
      "detectors absent",
      "lost / doubled / refused",
    ],
    measured.map(({ subject, runs }) => [
      subject,
      spread(runs.map(({ cold }) => cold.cpuUsPerRecord)),
      spread(ratios(runs, measured[0]?.runs ?? [], ({ cold }) => cold)),
      spread(runs.map(({ cold }) => cold.recordsPerSecond)),
      figure(median(runs.map(({ cold }) => cold.records))),
      share(runs, ({ scoring }) => scoring, scoredShare),
      share(runs, ({ scoring }) => scoring, withoutModelShare),
      share(
        runs,
        ({ scoring }) => scoring,
        ({ absentDetectors }) => String(absentDetectors),
      ),
      ["lost", "doubled", "refused"].map((key) => sumOf(runs, key)).join(" / "),
    ]),
  );
}

export function latencyTable(measured: readonly Measured[]): string {
  return markdownTable(
    [
      "",
      "CPU µs a record",
      "records/s at most",
      "paced requests",
      "p50 ms",
      "p99 ms",
      "largest ms",
      "scored",
    ],
    measured.map(({ subject, runs }) => {
      const sorted = runs.flatMap(({ latenciesMs }) => latenciesMs).toSorted((a, b) => a - b);
      const at = (part: number) => figure(sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN);
      return [
        subject,
        spread(runs.map(({ warm }) => warm.cpuUsPerRecord)),
        spread(runs.map(({ warm }) => warm.recordsPerSecond)),
        String(sorted.length),
        at(0.5),
        at(0.99),
        at(1),
        share(runs, ({ pacedScoring }) => pacedScoring, scoredShare),
      ];
    }),
  );
}

export function processTable(measured: readonly Measured[]): string {
  const column = (runs: readonly Run[], value: (run: Run) => number) => spread(runs.map(value));
  return markdownTable(
    ["", "ready, ms", "RSS steady, MiB", "RSS peak, MiB", "its child processes, MiB"],
    measured.map(({ subject, runs }) => [
      subject,
      column(runs, ({ readyMs }) => readyMs),
      column(runs, ({ steadyRssMiB }) => steadyRssMiB),
      column(runs, ({ usage }) => usage.peakRssMiB),
      column(runs, ({ usage }) => usage.childrenRssMiB),
    ]),
  );
}

export function singleTable(measured: readonly Measured[]): string {
  return markdownTable(
    ["", "CPU µs a record", "times the first", "records/s"],
    measured.map(({ subject, runs }) => [
      subject,
      spread(runs.map(({ single }) => single.cpuUsPerRecord)),
      spread(ratios(runs, measured[0]?.runs ?? [], ({ single }) => single)),
      spread(runs.map(({ single }) => single.recordsPerSecond)),
    ]),
  );
}

function ratios(
  runs: readonly Run[],
  first: readonly Run[],
  of: (run: Run) => Throughput,
): readonly number[] {
  return runs.map((run, round) => {
    const base = first[round];
    return base === undefined ? Number.NaN : of(run).cpuUsPerRecord / of(base).cpuUsPerRecord;
  });
}

function share(
  runs: readonly Run[],
  of: (run: Run) => Scoring | undefined,
  text: (sum: Scoring) => string,
): string {
  const all = runs.map(of).filter((scoring) => scoring !== undefined);
  if (all.length === 0) return "";
  const sum = (value: (scoring: Scoring) => number) =>
    all.reduce((total, scoring) => total + value(scoring), 0);
  return text({
    scored: sum(({ scored }) => scored),
    unscored: sum(({ unscored }) => unscored),
    withoutModel: sum(({ withoutModel }) => withoutModel),
    absentDetectors: sum(({ absentDetectors }) => absentDetectors),
  });
}

const percent = (part: number, of: number) => `${((WHOLE * part) / of).toFixed(1)} %`;
const scoredShare = ({ scored, unscored }: Scoring) => percent(scored, scored + unscored);
const withoutModelShare = ({ withoutModel, scored }: Scoring) => percent(withoutModel, scored);

function sumOf(runs: readonly Run[], key: string): string {
  return String(
    runs.reduce(
      (sum, { lost, doubled, refused }) => sum + ({ lost, doubled, refused }[key] ?? Number.NaN),
      0,
    ),
  );
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(half)] ?? Number.NaN) + (sorted[Math.ceil(half)] ?? Number.NaN)) / 2;
}

function spread(values: readonly number[]): string {
  return `${figure(median(values))} (${figure(Math.min(...values))}-${figure(Math.max(...values))})`;
}

/** Three digits that count. */
function figure(value: number): string {
  if (value >= 1_000)
    return value.toPrecision(3).includes("e") ? String(Number(value.toPrecision(3))) : value.toFixed(0);
  return value.toPrecision(3);
}
