import { ALPHAS, type DetectorResult, HEADLINE_ALPHA, type ViewResult } from "../summarise.ts";
import type { ViewName } from "../views.ts";
import { figure, percent } from "./figure.ts";
import { markdownTable } from "./markdown-table.ts";
import { PUBLISHED } from "./published.ts";

/** What is said of a data set before its figures. */
export interface ReportHead {
  readonly name: string;
  readonly trainUnits: number;
  readonly distinctTest: number;
  readonly testSeenInTraining: number;
  readonly notes: readonly string[];
}

const HEADLINE = ALPHAS.indexOf(HEADLINE_ALPHA);
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
  const published = PUBLISHED[head.name] ?? [];
  return [
    `## ${head.name}\n\n${figures.join("; ")}.\n${head.notes.map((note) => `${note}\n`).join("")}`,
    `### Track B: thresholds from normal data alone (calibrated, promised false-positive rate ${percent(HEADLINE_ALPHA)})\n\n${trackB(results)}`,
    `### Track A: oracle thresholds, searched on the labels; to compare with papers only\n\n${trackA(results)}`,
    ...(published.length === 0 ? [] : [`Published:\n${published.map((line) => `- ${line}\n`).join("")}`]),
  ].join("\n");
}

function trackB(results: readonly DetectorResult[]): string {
  const others = ALPHAS.filter((alpha) => alpha !== HEADLINE_ALPHA);
  const header = [
    "detector",
    ...["precision", "recall", "F1", "AUPRC", "AUROC"],
    ...others.map((alpha) => `F1 at ${percent(alpha)}`),
    ...ALPHAS.map((alpha) => `realised for ${percent(alpha)}`),
    ...["F1 distinct", "seeds"],
  ];
  const rows = results.map(({ detector, seeds, views }) => {
    const { calibrated, auprc, auroc } = viewNamed(views, "all");
    const at = (alpha: (typeof ALPHAS)[number]) => decisionsAt({ calibrated }, ALPHAS.indexOf(alpha));
    const headline = at(HEADLINE_ALPHA);
    return [
      detector,
      ...[headline.precision, headline.recall, headline.f1, auprc, auroc].map(figure),
      ...others.map((alpha) => figure(at(alpha).f1)),
      ...ALPHAS.map((alpha) => percent(at(alpha).falsePositiveRate.mean)),
      figure(decisionsAt(viewNamed(views, "distinct"), HEADLINE).f1),
      String(seeds),
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
  const rows = results.map(({ detector, seeds, views }) => {
    const { oracle, recallAtBudget } = viewNamed(views, "all");
    return [
      detector,
      ...[oracle.precision, oracle.recall, oracle.f1].map(figure),
      percent(oracle.falsePositiveRate.mean),
      figure(recallAtBudget),
      ...others.map(({ view }) => figure(viewNamed(views, view).oracle.f1)),
      String(seeds),
    ];
  });
  return markdownTable(header, rows);
}

function viewNamed(views: readonly ViewResult[], name: ViewName): ViewResult {
  const found = views.find(({ view }) => view === name);
  if (found === undefined) throw new Error(`there is no view ${name}`);
  return found;
}

function decisionsAt({ calibrated }: Pick<ViewResult, "calibrated">, index: number) {
  const found = calibrated[index];
  if (found === undefined) throw new Error(`there are no decisions ${index}`);
  return found;
}
