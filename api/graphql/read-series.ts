import type { ScoreHistogram, Store } from "../../store/store.ts";
import type { RowBudget } from "../access/row-budget.ts";
import { userError } from "./errors.ts";
import { requireSpan } from "./span.ts";

const BUCKETS_MAX = 1_000;
const MINUTE_MS = 60_000;
const MINUTE_SLICE_MS = 3_600_000;
const HOUR_MS = 3_600_000;
const HOUR_SLICE_MS = 7 * 24 * HOUR_MS;
const DAY_MS = 86_400_000;
/** Parts of a series that count as one row: that many are about as long as one. */
const BUCKETS_PER_ROW = 24;

/** A time in equal parts. */
export interface SeriesSpan {
  readonly fromMs: number;
  readonly toMs: number;
  readonly buckets: number;
}

/** Where scores are read. */
type ScoreReader = Pick<Store, "scoreHistograms" | "scoreHours">;

/**
 * What must hold before anything is made or read of a series: memory for a caller's number of buckets would end the process. For each
 * field that asks for one: what is read once is answered as often as it is asked for.
 *
 * @throws a BAD_USER_INPUT error for a time or a number of buckets out of range, or more than the operation may read
 */
export function requireSeries(rows: RowBudget, { fromMs, toMs, buckets }: SeriesSpan): void {
  if (buckets < 1 || buckets > BUCKETS_MAX)
    throw userError(
      "BAD_USER_INPUT",
      `buckets: ${buckets} is not between 1 and ${BUCKETS_MAX}`,
      "Ask for another number of buckets.",
    );
  requireSpan(fromMs, toMs);
  rows.take(Math.max(Math.ceil((toMs - fromMs) / DAY_MS), Math.ceil(buckets / BUCKETS_PER_ROW)));
}

/**
 * The stored scores of a time, in slices: those of many services over days do not fit into memory at once, and a long read would
 * hold up all others. Hours that lie in one bucket are read as such, the others by the minute.
 *
 * @param services undefined for all of them
 * @param span one that {@link requireSeries} has let pass
 */
export async function* readSeries(
  store: ScoreReader,
  services: readonly string[] | undefined,
  span: SeriesSpan,
): AsyncGenerator<readonly ScoreHistogram[]> {
  for (const { isWhole, startMs, endMs } of slices(span)) {
    if (isWhole) yield await store.scoreHours(services, startMs, endMs);
    else
      for (const service of services ?? [undefined])
        yield await store.scoreHistograms(service, startMs, endMs);
  }
}

interface Slice {
  /** Whether it is made of hours that each lie in one bucket. */
  readonly isWhole: boolean;
  readonly startMs: number;
  readonly endMs: number;
}

/** The time, one slice behind the other: hours of a kind together, but for no longer than one may be. */
export function slices({ fromMs, toMs, buckets }: SeriesSpan): readonly Slice[] {
  const widthMs = (toMs - fromMs) / buckets;
  const bucketOf = (atMs: number) => Math.floor((atMs - fromMs) / widthMs);
  const found: Slice[] = [];
  for (let startMs = fromMs; startMs < toMs; ) {
    const endMs = Math.min(toMs, (Math.floor(startMs / HOUR_MS) + 1) * HOUR_MS);
    const isWhole = endMs - startMs === HOUR_MS && bucketOf(startMs) === bucketOf(endMs - MINUTE_MS);
    const last = found.at(-1);
    const longestMs = isWhole ? HOUR_SLICE_MS : MINUTE_SLICE_MS;
    if (last?.isWhole === isWhole && endMs - last.startMs <= longestMs)
      found[found.length - 1] = { ...last, endMs };
    else found.push({ isWhole, startMs, endMs });
    startMs = endMs;
  }
  return found;
}
