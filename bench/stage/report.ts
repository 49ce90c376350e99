import { markdownTable } from "../../cli/evaluate/report/markdown-table.ts";
import type { Run, Throughput } from "./measure.ts";
import { figure, median, quantile, spread } from "./statistics.ts";
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
      "events over the model's bound",
      "requests that the model was late for",
      "lost / doubled / refused",
    ],
    measured.map(({ subject, runs }) => [
      subject,
      spread(runs.map(({ cold }) => cold.cpuUsPerRecord)),
      spread(ratios(runs, measured[0]?.runs ?? [], ({ cold }) => cold)),
      spread(runs.map(({ cold }) => cold.recordsPerSecond)),
      figure(median(runs.map(({ cold }) => cold.records))),
      scoringText(runs, ({ scoring }) => scoring, scoredShare),
      scoringText(runs, ({ scoring }) => scoring, withoutModelShare),
      scoringText(runs, ({ scoring }) => scoring, lateShare),
      [
        sum(runs.map(({ lost }) => lost)),
        sum(runs.map(({ doubled }) => doubled)),
        sum(runs.map(({ refused }) => refused)),
      ].join(" / "),
    ]),
  );
}

/** Smaller requests into a warm subject; the latencies of all rounds together. */
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
      "requests that the model was late for",
    ],
    measured.map(({ subject, runs }) => {
      const sorted = runs.flatMap(({ latenciesMs }) => latenciesMs).toSorted((a, b) => a - b);
      const at = (share: number) => figure(quantile(sorted, share));
      return [
        subject,
        spread(runs.map(({ warm }) => warm.cpuUsPerRecord)),
        spread(runs.map(({ warm }) => warm.recordsPerSecond)),
        String(sorted.length),
        at(0.5),
        at(0.99),
        at(1),
        scoringText(runs, ({ pacedScoring }) => pacedScoring, scoredShare),
        scoringText(runs, ({ pacedScoring }) => pacedScoring, lateShare),
      ];
    }),
  );
}

/** What the processes themselves need. */
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

/** Requests of one record. */
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

/** Sums of what the stages said over the rounds, as text; nothing for what does not score. */
function scoringText(
  runs: readonly Run[],
  of: (run: Run) => Scoring | undefined,
  text: (sums: Scoring) => string,
): string {
  const all = runs.map(of).filter((scoring) => scoring !== undefined);
  if (all.length === 0) return "";
  return text({
    scored: sum(all.map(({ scored }) => scored)),
    unscored: sum(all.map(({ unscored }) => unscored)),
    withoutModel: sum(all.map(({ withoutModel }) => withoutModel)),
    requests: sum(all.map(({ requests }) => requests)),
    lateForModel: sum(all.map(({ lateForModel }) => lateForModel)),
  });
}

const percent = (part: number, of: number) => `${((WHOLE * part) / of).toFixed(1)} %`;
const scoredShare = ({ scored, unscored }: Scoring) => percent(scored, scored + unscored);
const lateShare = ({ lateForModel, requests }: Scoring) => percent(lateForModel, requests);
const withoutModelShare = ({ withoutModel, scored }: Scoring) => percent(withoutModel, scored);

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
