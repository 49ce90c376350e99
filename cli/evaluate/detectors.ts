import { BASELINES } from "./baselines/baselines.ts";
import type { DetectorUnderTest } from "./detector-under-test.ts";

/** What detectors are made with. */
export interface DetectorOptions {
  /** Directory of the model that `logbert` runs with; undefined for the shipped one. */
  readonly modelDirectory: string | undefined;
}

/** Everything that is compared, in the order of the report. */
export function detectorsUnderTest(_options: DetectorOptions): readonly DetectorUnderTest[] {
  return BASELINES;
}
