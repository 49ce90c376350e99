import type { ScoreHistogram, Store } from "../../store/store.ts";
import type { RowBudget } from "../access/row-budget.ts";
import { userError } from "./errors.ts";

const SPAN_DAYS_MAX = 400;
const DAY_MS = 86_400_000;
/** The scores of many services over days do not fit into memory at once, and a long read would hold up all others. */
const SLICE_MS = 3_600_000;

/** Where scores are read, and who pays for it. */
interface ScoreReader {
  readonly store: Pick<Store, "scoreHistograms">;
  readonly rows: RowBudget;
}

/** The stored minutes of a time, an hour at a time; of one service, or of all where it is undefined. */
export async function* scoreSlices(
  { store, rows }: ScoreReader,
  service: string | undefined,
  fromMs: number,
  toMs: number,
): AsyncGenerator<readonly ScoreHistogram[]> {
  rows.take(Math.ceil((toMs - fromMs) / DAY_MS));
  for (let atMs = fromMs; atMs < toMs; atMs += SLICE_MS)
    yield await store.scoreHistograms(service, atMs, Math.min(toMs, atMs + SLICE_MS));
}

/** @throws a BAD_USER_INPUT error for a time that ends before it begins, or that is too long */
export function requireSpan(fromMs: number, toMs: number): void {
  if (fromMs < toMs && toMs - fromMs <= SPAN_DAYS_MAX * DAY_MS) return;
  throw userError(
    "BAD_USER_INPUT",
    `from: must be before to, by at most ${SPAN_DAYS_MAX} days`,
    "Ask for a shorter time.",
  );
}
