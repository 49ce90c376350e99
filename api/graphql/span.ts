import { userError } from "./errors.ts";

const SPAN_DAYS_MAX = 400;
const DAY_MS = 86_400_000;

/** @throws a BAD_USER_INPUT error for a time that ends before it begins, or that is too long */
export function requireSpan(fromMs: number, toMs: number): void {
  if (fromMs < toMs && toMs - fromMs <= SPAN_DAYS_MAX * DAY_MS) return;
  throw userError(
    "BAD_USER_INPUT",
    `from: must be before to, by at most ${SPAN_DAYS_MAX} days`,
    "Ask for a shorter time.",
  );
}
