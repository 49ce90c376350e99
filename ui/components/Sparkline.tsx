import { memo } from "react";
import { type SparkBucket, sparkBars, sparkSummary } from "./sparkline.ts";

const BAR = 4;
const HEIGHT = 24;
/** What is not nothing is seen. */
const BAR_MIN = 1.5;

/** A service's last day in the space of a word. */
export const Sparkline = memo(({ buckets }: { readonly buckets: readonly SparkBucket[] }) => {
  const summary = sparkSummary(buckets);
  return (
    <svg
      className="sparkline"
      viewBox={`0 0 ${Math.max(1, buckets.length) * BAR} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={summary}
    >
      <title>{summary}</title>
      {sparkBars(buckets).map(({ height, isOdd }, index) => {
        const tall = height === 0 ? 0 : Math.max(BAR_MIN, height * HEIGHT);
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: the place is the identity
            key={index}
            className={isOdd ? "is-odd" : ""}
            x={index * BAR + 0.5}
            y={HEIGHT - tall}
            width={BAR - 1}
            height={tall}
          />
        );
      })}
    </svg>
  );
});
