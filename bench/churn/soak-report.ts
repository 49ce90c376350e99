import { markdownTable } from "../../cli/evaluate/report/markdown-table.ts";
import { conditions } from "../stage/conditions.ts";
import { figure, flatness, linearTrend } from "../stage/statistics.ts";
import type { ChurnOptions } from "./churn-stream.ts";
import type { Look } from "./run-churn.ts";
import type { Lap } from "./sender.ts";

/** What one lap of the soak gave. */
export interface Minute {
  /** Since the steady rate began, at the end of the lap. */
  readonly minute: number;
  readonly lap: Lap;
  readonly look: Look;
  /** The look before it. */
  readonly before: Look;
  /** Of all records so far that have been answered. */
  readonly delivered: { readonly lost: number; readonly doubled: number };
  /** Load of the machine in the last minute. */
  readonly load: number;
}

/** All that a soak gave. */
export interface Soak {
  readonly churn: ChurnOptions;
  /** Records a second: at most, and as they were sent. */
  readonly peak: number;
  readonly rate: number;
  readonly recordsEach: number;
  readonly minutes: readonly Minute[];
  readonly delivered: { readonly lost: number; readonly doubled: number };
}

const PERCENT = 100;
/** The first share of the run fills caches. */
const WARM_SHARE = 0.25;

export const minuteHeader = [
  "minute",
  "records/s",
  "p50 ms",
  "p99 ms",
  "largest ms",
  "RSS MiB",
  "API's RSS MiB",
  "heap MiB",
  "external MiB",
  "event loop p99 ms",
  "CPU µs a record",
  "unscored %",
  "model late, times",
  "refused",
  "lost",
  "doubled",
  "load",
];

/** The cells of one line, in the order of the header. */
export function minuteCells({ minute, lap, look, before, delivered, load }: Minute): readonly string[] {
  return [
    figure(minute),
    figure(lap.records / lap.seconds),
    figure(lap.p50Ms),
    figure(lap.p99Ms),
    figure(lap.largestMs),
    figure(look.rssMiB),
    figure(look.childrenRssMiB),
    figure(look.vitals?.heapUsedMiB ?? Number.NaN),
    figure(look.vitals?.externalMiB ?? Number.NaN),
    figure(look.vitals?.eventLoopDelayP99Ms ?? Number.NaN),
    figure(((look.cpuMs - before.cpuMs) * 1000) / lap.records),
    unscoredShare(look, before),
    modelLate(look, before),
    String(lap.refused + lap.broken + lap.rejected),
    String(delivered.lost),
    String(delivered.doubled),
    figure(load),
  ];
}

function unscoredShare({ scoring: now }: Look, { scoring: before }: Look): string {
  if (now === undefined || before === undefined) return "";
  const unscored = now.unscored - before.unscored;
  const records = now.scored - before.scored + unscored;
  return records === 0 ? "" : ((PERCENT * unscored) / records).toFixed(1);
}

/** Requests and rounds of silence that were judged without it. */
function modelLate({ scoring: now }: Look, { scoring: before }: Look): string {
  return now === undefined || before === undefined ? "" : String(now.lateForModel - before.lateForModel);
}

const TRENDS: readonly (readonly [string, (minute: Minute) => number])[] = [
  ["RSS of the stage, MiB", ({ look }) => look.rssMiB],
  ["RSS of the API's process, MiB", ({ look }) => look.childrenRssMiB],
  ["p50, ms", ({ lap }) => lap.p50Ms],
  ["p99, ms", ({ lap }) => lap.p99Ms],
];

/** The report: what was sent, the trends with their verdicts, the lines of all laps. */
export function soakReport(soak: Soak): string {
  const { churn, minutes, delivered, peak, rate } = soak;
  const warm = minutes.slice(Math.floor(minutes.length * WARM_SHARE));
  const trends = TRENDS.map(([name, of]) => {
    const trend = linearTrend(warm.map((minute) => ({ x: minute.minute / 60, y: of(minute) })));
    return { name, trend, flat: trend === undefined ? "unknown" : flatness(trend) };
  });
  const sent = minutes.reduce((sum, { lap }) => sum + lap.records, 0);
  return [
    "# Soak",
    `${conditions()}. \`node bench/soak.ts\`, seed ${churn.seed}.`,
    `${figure((minutes.at(-1)?.minute ?? 0) / 60)} hours at ${figure(rate)} records/s, ${((PERCENT * rate) / peak).toFixed(0)} % of the ${figure(peak)} that the stage took just before; ` +
      `${soak.recordsEach} records a request, in an open loop, latency from due to answered with the next hop's time in it; ${sent} records. ` +
      `${churn.services} services at a time, a new one each ${churn.recordsPerNewService} records; ${churn.templatesEach} templates a service, one of them new each ${churn.recordsPerRelease} records; ` +
      `${churn.sessions} sessions at a time of ${churn.recordsPerSession} records on average.`,
    `**Lost ${delivered.lost}, doubled ${delivered.doubled}; ${verdict(trends)}.**`,
    "Trends are straight lines through the laps after the first quarter. Flat: the growth over the run stays under a tenth of the mean, two standard errors included; not flat: it is above that, two standard errors less; unknown: in between. The laps are not independent of each other, so the errors are rather too small.",
    markdownTable(
      ["", "mean", "an hour adds", "standard error", "flat"],
      trends.map(({ name, trend, flat }) => [
        name,
        figure(trend?.mean ?? Number.NaN),
        figure(trend?.slope ?? Number.NaN),
        figure(trend?.slopeError ?? Number.NaN),
        flat,
      ]),
    ).trimEnd(),
    markdownTable(minuteHeader, minutes.map(minuteCells)),
  ].join("\n\n");
}

function verdict(trends: readonly { readonly name: string; readonly flat: string }[]): string {
  const named = (flat: string) =>
    trends.filter((one) => one.flat === flat).map(({ name }) => name.replace(/, .*/, ""));
  const [growing, unknown] = [named("no"), named("unknown")];
  if (growing.length > 0) return `not flat: ${growing.join("; ")}`;
  return unknown.length > 0
    ? `whether it is flat is unknown of: ${unknown.join("; ")}`
    : "memory and latency are flat";
}
