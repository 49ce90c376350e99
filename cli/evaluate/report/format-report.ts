import { type DetectorResult, HEADLINE_ALPHA } from "../summarise.ts";
import type { ViewName } from "../views.ts";
import { figure, percent } from "./figure.ts";
import { formatComparison } from "./format-comparison.ts";
import { formatFalseAlarms } from "./format-false-alarms.ts";
import { formatPromises } from "./format-promises.ts";
import { markdownTable } from "./markdown-table.ts";
import { PUBLISHED } from "./published.ts";
import { decisionsFor, viewOf } from "./view-of.ts";

/** What is said of a data set before its figures. */
export interface ReportHead {
  readonly name: string;
  readonly trainUnits: number;
  readonly distinctTest: number;
  readonly testSeenInTraining: number;
  readonly notes: readonly string[];
}

const VIEW_TITLES: Readonly<Record<ViewName, string>> = {
  all: "all",
  distinct: "distinct sequences",
  long: "10 or more events",
};

/** The report of a data set as markdown: thresholds from normal data first, oracle thresholds and published figures after. */
export function formatReport(head: ReportHead, results: readonly DetectorResult[]): string {
  const [all] = results[0]?.views ?? [];
  const figures = [
    `train ${head.trainUnits} normal units`,
    `test ${all?.anomalies ?? 0} anomalies and ${all?.normals ?? 0} normal units`,
    `${head.distinctTest} distinct sequences in the test`,
    `${head.testSeenInTraining} test units have a sequence that is in training`,
  ];
  const origins = results.flatMap(({ detector, origin }) =>
    origin === undefined ? [] : [`${detector}: ${origin}.`],
  );
  const published = PUBLISHED[head.name] ?? [];
  return [
    `## ${head.name}\n\n${figures.join("; ")}.\n${[...head.notes, ...origins].map((note) => `${note}\n`).join("")}`,
    `### Track B, honest: thresholds from normal data alone (calibrated, promised false-positive rate ${percent(HEADLINE_ALPHA)})\n\n${trackB(results)}`,
    ...formatComparison(results),
    `### Promised and realised false-positive rates\n\n${formatPromises(results)}`,
    `### Recall at few false alarms (thresholds that give just so many: oracles)\n\n${formatFalseAlarms(results)}`,
    `### Track A, leaky: oracle thresholds, searched on the labels; to compare with papers only\n\n${trackA(results)}`,
    ...(published.length === 0 ? [] : [`Published:\n${published.map((line) => `- ${line}\n`).join("")}`]),
  ].join("\n");
}

function trackB(results: readonly DetectorResult[]): string {
  const header = [
    "detector",
    ...["precision", "recall", "F1", "AUPRC", "AUROC"],
    ...[`realised for ${percent(HEADLINE_ALPHA)}`, "F1 distinct", "seeds"],
  ];
  const rows = results.map((result) => {
    const all = viewOf(result);
    const { precision, recall, f1, falsePositiveRate } = decisionsFor(all, HEADLINE_ALPHA);
    return [
      result.detector,
      ...[precision, recall, f1, all.auprc, all.auroc].map(figure),
      percent(falsePositiveRate.mean),
      figure(decisionsFor(viewOf(result, "distinct"), HEADLINE_ALPHA).f1),
      String(result.seeds),
    ];
  });
  return markdownTable(header, rows);
}

function trackA(results: readonly DetectorResult[]): string {
  const others = results[0]?.views.filter(({ view }) => view !== "all") ?? [];
  const header = [
    "detector",
    ...["precision", "recall", "F1", "false positives", `recall at ${percent(HEADLINE_ALPHA)}`],
    ...others.map(({ view }) => `F1, ${VIEW_TITLES[view]}`),
    "seeds",
  ];
  const rows = results.map((result) => {
    const { oracle, recallAtBudget } = viewOf(result);
    return [
      result.detector,
      ...[oracle.precision, oracle.recall, oracle.f1].map(figure),
      percent(oracle.falsePositiveRate.mean),
      figure(recallAtBudget),
      ...others.map(({ view }) => figure(viewOf(result, view).oracle.f1)),
      String(result.seeds),
    ];
  });
  return markdownTable(header, rows);
}
