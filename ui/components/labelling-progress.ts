import { formatNoun } from "../format/count.ts";
import { graphql, type ResultOf } from "../graphql.ts";

/** How far labelling is. */
export const labellingProgress = graphql(`
  fragment LabellingProgress on LabellingProgress {
    confirmed
    expected
    confirmedNeeded
    expectedNeeded
    unlabelled
  }
`);

/** How far labelling is, for the page that only shows that. */
export const labellingProgressQuery = graphql(
  `
    query LabellingProgress($service: String) {
      labellingQueue(service: $service, first: 1) {
        progress {
          ...LabellingProgress
        }
      }
    }
  `,
  [labellingProgress],
);

/** How many labels there are, and how many a proposal needs of one service. */
export type LabellingProgressData = ResultOf<typeof labellingProgress>;

/** Whether a service has labels enough for a proposal. */
export function isEnough(progress: LabellingProgressData): boolean {
  return progress.confirmed >= progress.confirmedNeeded && progress.expected >= progress.expectedNeeded;
}

/**
 * What is missing for a proposal; "" where nothing is.
 *
 * Example: 3 of 10 real, 50 of 50 expected -> "7 more real"
 */
export function missingInWords(progress: LabellingProgressData): string {
  const missing = [
    { count: progress.confirmedNeeded - progress.confirmed, kind: "real" },
    { count: progress.expectedNeeded - progress.expected, kind: "expected" },
  ];
  return missing
    .filter(({ count }) => count > 0)
    .map(({ count, kind }) => formatNoun(count, `more ${kind}`, `more ${kind}`))
    .join(" and ");
}
