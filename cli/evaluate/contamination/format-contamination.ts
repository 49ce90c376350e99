import { figure, percent } from "../report/figure.ts";
import { markdownTable } from "../report/markdown-table.ts";
import { decisionsFor, viewOf } from "../report/view-of.ts";
import { type DetectorResult, HEADLINE_ALPHA } from "../summarise.ts";
import type { Contaminated } from "./evaluate-contamination.ts";

/** What anomalies among the training units cost each detector, as markdown. */
export function formatContamination(dataset: string, contaminated: readonly Contaminated[]): string {
  const [clean] = contaminated;
  const titleOf = ({ share, replaced }: Contaminated) =>
    `${percent(share)} (${replaced} ${replaced === 1 ? "unit" : "units"})`;
  const header = ["detector", ...contaminated.flatMap((one) => [`F1, realised, ${titleOf(one)}`, "AUPRC"])];
  const rows = (clean?.results ?? []).map(({ detector }) => [
    detector,
    ...contaminated.flatMap(({ results }) => cellsOf(results.find((one) => one.detector === detector))),
  ]);
  return [
    `## ${dataset}: anomalies among the training units\n`,
    `Shares of the units that detectors learn from and are calibrated with, replaced by anomalies that the test is without; thresholds promise ${percent(HEADLINE_ALPHA)}.\n`,
    markdownTable(header, rows),
  ].join("\n");
}

function cellsOf(result: DetectorResult | undefined): readonly string[] {
  if (result === undefined) return ["", ""];
  const all = viewOf(result);
  const { f1, falsePositiveRate } = decisionsFor(all, HEADLINE_ALPHA);
  return [`${figure(f1)}, ${percent(falsePositiveRate.mean)}`, figure(all.auprc)];
}
