import { ALPHAS, type DetectorResult } from "../summarise.ts";
import { figure, kept, percent } from "./figure.ts";
import { markdownTable } from "./markdown-table.ts";
import { decisionsFor, viewOf } from "./view-of.ts";

/** What each promised false-positive rate came to: the share of normal test units flagged, how many times the promise that is,
 * and F1. */
export function formatPromises(results: readonly DetectorResult[]): string {
  const header = ["detector", ...ALPHAS.flatMap((alpha) => [`realised for ${percent(alpha)}`, "F1"])];
  const rows = results.map((result) => [
    result.detector,
    ...ALPHAS.flatMap((alpha) => {
      const { falsePositiveRate, f1 } = decisionsFor(viewOf(result), alpha);
      return [kept(falsePositiveRate.mean, alpha), figure(f1)];
    }),
  ]);
  return markdownTable(header, rows);
}
