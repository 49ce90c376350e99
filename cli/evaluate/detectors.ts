import { BASELINES } from "./baselines/baselines.ts";
import type { DetectorUnderTest } from "./detector-under-test.ts";

/** Everything that is compared, in the order of the report. */
export function detectorsUnderTest(): readonly DetectorUnderTest[] {
  return BASELINES;
}
