import { figure, percent } from "../report/figure.ts";
import { markdownTable } from "../report/markdown-table.ts";
import { ALPHAS, type DetectorResult, HEADLINE_ALPHA } from "../summarise.ts";
import { SHARES, type Variant } from "./evaluate-robustness.ts";

const HEADLINE = ALPHAS.indexOf(HEADLINE_ALPHA);

/** One table for each kind of change as markdown: F1 at the calibrated threshold, what it lost, and false positives. */
export function formatRobustness(dataset: string, variants: readonly Variant[]): string {
  const unchanged = variants.find(({ perturbation }) => perturbation === undefined);
  const kinds = Map.groupBy(variants, ({ perturbation }) => perturbation);
  const tables = [...kinds].flatMap(([perturbation, changed]) =>
    perturbation === undefined
      ? []
      : [`### ${perturbation}\n\n${tableOf(unchanged?.results ?? [], changed)}`],
  );
  return [
    `## ${dataset}: robustness\n`,
    `F1 (lost) and false-positive rate (gained) with the thresholds of the unchanged set, promised ${percent(HEADLINE_ALPHA)}.\n`,
    ...tables,
  ].join("\n");
}

function tableOf(unchanged: readonly DetectorResult[], changed: readonly Variant[]): string {
  const header = ["detector", "unchanged", ...SHARES.map(percent)];
  const rows = unchanged.map((before) => {
    const base = headlineOf(before);
    const cells = changed.map(({ results }) => {
      const after = headlineOf(results.find(({ detector }) => detector === before.detector));
      if (base === undefined || after === undefined) return "";
      // Adding 0 makes no minus sign of a loss that rounds to nothing.
      const lost = (Math.round((base.f1.mean - after.f1.mean) * 1_000) / 1_000 + 0).toFixed(3);
      const rate = after.falsePositiveRate.mean;
      const gained = percent(rate - base.falsePositiveRate.mean);
      return `${after.f1.mean.toFixed(3)} (${lost}), ${percent(rate)} (${gained})`;
    });
    const first = base === undefined ? "" : `${figure(base.f1)}, ${percent(base.falsePositiveRate.mean)}`;
    return [before.detector, first, ...cells];
  });
  return markdownTable(header, rows);
}

function headlineOf(result: DetectorResult | undefined) {
  return result?.views[0]?.calibrated[HEADLINE];
}
