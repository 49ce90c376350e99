import type { DetectorResult } from "../summarise.ts";

/** A sentence for each of the product's detectors: how far its AUPRC is from that of the best cheap one. */
export function formatComparison(results: readonly DetectorResult[]): readonly string[] {
  return results.flatMap(({ detector, againstBestCheap }) => {
    if (againstBestCheap === undefined) return [];
    const { baseline, auprc } = againstBestCheap;
    return `AUPRC of ${detector} less that of ${baseline}, the best cheap detector on this test: ${signed(auprc.mean)}, 95 % interval ${signed(auprc.low)} to ${signed(auprc.high)} (paired bootstrap over blocks of the test).\n`;
  });
}

function signed(difference: number): string {
  return `${difference < 0 ? "-" : "+"}${Math.abs(difference).toFixed(4)}`;
}
