import type { CanaryStatus, StageStatus } from "../../store/store.ts";

/** A detector that does not work, or did not, since when. */
type Collapse = CanaryStatus & { readonly collapsedAtMs: number };

/**
 * What the detectors of all stages come to, where one of them has collapsed: that of the worst, as one collapse for all whose times
 * overlap, whatever stage it began in. Undefined where none ever has.
 *
 * Example: "a" has collapsed at 10 and was well again at 30, "b" has collapsed at 20 and still has: collapsed since 10.
 *
 * @param knownAtMs what such a collapse was told as already: it keeps that name, though a stage whose clock is behind tells of an
 * earlier beginning
 */
export function detectorOfAll(
  stages: readonly Pick<StageStatus, "canary">[],
  knownAtMs: number | undefined,
): CanaryStatus | undefined {
  const collapses = stages.flatMap(({ canary }) =>
    canary !== undefined && isCollapse(canary) ? [canary] : [],
  );
  const [worst, ...others] = collapses.toSorted(byGravity);
  if (worst === undefined) return undefined;
  const beginnings = [worst.collapsedAtMs];
  for (const { collapsedAtMs, recoveredAtMs } of others.toSorted(
    (a, b) => b.collapsedAtMs - a.collapsedAtMs,
  )) {
    const begunAtMs = Math.min(...beginnings);
    if (collapsedAtMs >= begunAtMs || (recoveredAtMs ?? Number.POSITIVE_INFINITY) >= begunAtMs)
      beginnings.push(collapsedAtMs);
  }
  const isKnown = knownAtMs !== undefined && beginnings.includes(knownAtMs);
  return { ...worst, collapsedAtMs: isKnown ? knownAtMs : Math.min(...beginnings) };
}

function isCollapse(canary: CanaryStatus): canary is Collapse {
  return canary.collapsedAtMs !== undefined;
}

/** Collapsed before what was not seen to work since, before what works again, of that the last first. */
function byGravity(a: Collapse, b: Collapse): number {
  return (
    Number(b.state === "collapsed") - Number(a.state === "collapsed") ||
    (b.recoveredAtMs ?? Number.MAX_SAFE_INTEGER) - (a.recoveredAtMs ?? Number.MAX_SAFE_INTEGER)
  );
}
