import type { ScoreHistogram, Store } from "../../store/store.ts";
import type { RowBudget } from "../access/row-budget.ts";
import { userError } from "./errors.ts";
import { requireSpan } from "./span.ts";

const BUCKETS_MAX = 1_000;
const MINUTE_SLICE_MS = 3_600_000;
const HOUR_MS = 3_600_000;
const HOUR_SLICE_MS = 7 * 24 * HOUR_MS;
const DAY_MS = 86_400_000;

/** A time in equal parts. */
export interface SeriesSpan {
  readonly fromMs: number;
  readonly toMs: number;
  readonly buckets: number;
}

/** Where scores are read, and who pays for it. */
interface ScoreReader {
  readonly store: Pick<Store, "scoreHistograms" | "scoreHours">;
  readonly rows: RowBudget;
}

/**
 * The stored scores of a time, in slices: those of many services over days do not fit into memory at once, and a long read would
 * hold up all others. Where every bucket is made of whole hours, by the hour, else by the minute.
 *
 * @param services undefined for all of them
 * @throws a BAD_USER_INPUT error for a time or a number of buckets out of range, or more than the operation may read
 */
export async function* readSeries(
  { store, rows }: ScoreReader,
  services: readonly string[] | undefined,
  { fromMs, toMs, buckets }: SeriesSpan,
): AsyncGenerator<readonly ScoreHistogram[]> {
  if (buckets < 1 || buckets > BUCKETS_MAX)
    throw userError(
      "BAD_USER_INPUT",
      `buckets: ${buckets} is not between 1 and ${BUCKETS_MAX}`,
      "Ask for another number of buckets.",
    );
  requireSpan(fromMs, toMs);
  rows.take(Math.ceil((toMs - fromMs) / DAY_MS) * Math.max(1, services?.length ?? 1));
  if (isHourly({ fromMs, toMs, buckets })) {
    for (let atMs = fromMs; atMs < toMs; atMs += HOUR_SLICE_MS)
      yield await store.scoreHours(services, atMs, Math.min(toMs, atMs + HOUR_SLICE_MS));
    return;
  }
  for (let atMs = fromMs; atMs < toMs; atMs += MINUTE_SLICE_MS)
    for (const service of services ?? [undefined])
      yield await store.scoreHistograms(service, atMs, Math.min(toMs, atMs + MINUTE_SLICE_MS));
}

function isHourly({ fromMs, toMs, buckets }: SeriesSpan): boolean {
  return fromMs % HOUR_MS === 0 && ((toMs - fromMs) / buckets) % HOUR_MS === 0;
}
