import type { SamplingConfig } from "./config.ts";
import { baseThreshold } from "./marks.ts";
import { drawnRandomness, givenRandomness, type RandomnessSource, type Shown } from "./randomness.ts";
import { passes } from "./threshold.ts";

/** Whether the share holds a record, whatever its verdict: one that is missing although it does was lost.
 * @param shown as the stage has it; by default all */
export function createIsInShare(
  config: Pick<SamplingConfig, "enabled" | "mode" | "base_percent">,
  shown?: Shown,
): (record: RandomnessSource) => boolean {
  if (!config.enabled || config.mode === "mark") return () => true;
  const base = baseThreshold(config);
  return (record) =>
    base !== undefined && passes(base, givenRandomness(record) ?? drawnRandomness(record, shown));
}
