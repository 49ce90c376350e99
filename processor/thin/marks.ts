import type { NewAttribute, RecordView } from "../wire/record-view.ts";
import type { SamplingConfig } from "./config.ts";
import { drawnRandomness, givenRandomness, RANDOMNESS_ATTRIBUTE, type Shown } from "./randomness.ts";
import type { Standing } from "./stream-context.ts";
import {
  ALWAYS,
  passes,
  type Randomness,
  readThreshold,
  type Threshold,
  thresholdOf,
  thresholdText,
} from "./threshold.ts";

/** The attribute by which the Collector's sampler is told the share, in per cent, that is to be kept of records like this one. */
export const PRIORITY_ATTRIBUTE = "sampling.priority";
/** The attribute that tells which share was kept: one record stands for 1 / (1 - threshold / 2^56). */
export const THRESHOLD_ATTRIBUTE = "sampling.threshold";

/** What becomes of a request's records. */
export interface Thinned {
  /** Indexes of the records that do not go on. */
  readonly leftOut: ReadonlySet<number>;
  /** What is written into each record; nothing into those that are left out. */
  readonly marks: readonly (readonly NewAttribute[])[];
  /** How many records there are of each kind. */
  readonly counts: ReadonlyMap<Standing, number>;
}

/** Draws the share, a record after each breath: what of a body is shown may take long to tell. */
export type Mark = (
  records: readonly RecordView[],
  standings: readonly Standing[],
  breathe: () => Promise<void>,
) => Promise<Thinned>;

/** Keys that are written into records in this mode. */
export function samplingKeys({ enabled, mode }: Pick<SamplingConfig, "enabled" | "mode">): readonly string[] {
  if (!enabled) return [];
  const both = [PRIORITY_ATTRIBUTE, RANDOMNESS_ATTRIBUTE];
  return mode === "drop" ? [...both, THRESHOLD_ATTRIBUTE] : both;
}

/** What a record is thinned by: the share that stays of all that is no anomaly, no context and known; undefined for none. */
export function baseThreshold({ base_percent }: Pick<SamplingConfig, "base_percent">): Threshold | undefined {
  return thresholdOf(base_percent / 100);
}

/**
 * @param config the mode, and the share
 * @param shown what of a body goes on to the next hop; by default all
 */
export function createMark(config: Pick<SamplingConfig, "mode" | "base_percent">, shown?: Shown): Mark {
  const markOne = config.mode === "mark" ? markAll(config, shown) : markKept(config, shown);
  return async (records, standings, breathe) => {
    const leftOut = new Set<number>();
    const counts = new Map<Standing, number>();
    const marks: (readonly NewAttribute[])[] = [];
    for (const [index, record] of records.entries()) {
      await breathe();
      const standing = standings[index] ?? "unknown";
      counts.set(standing, (counts.get(standing) ?? 0) + 1);
      const marked = markOne(record, standing === "rest");
      if (marked === undefined) leftOut.add(index);
      marks.push(marked ?? []);
    }
    return { leftOut, marks, counts };
  };
}

/** The marks of one record; undefined where it does not go on. */
type MarkOne = (record: RecordView, isRest: boolean) => readonly NewAttribute[] | undefined;

/** The sampler behind this stage draws the share. */
function markAll(config: Pick<SamplingConfig, "base_percent">, shown?: Shown): MarkOne {
  const priorityOf = createPriority(config);
  return (record, isRest) => [priorityOf(isRest), ...randomnessOf(record, shown).marks];
}

/** The share is drawn here. */
function markKept(config: Pick<SamplingConfig, "base_percent">, shown?: Shown): MarkOne {
  const priorityOf = createPriority(config);
  const base = baseThreshold(config);
  return (record, isRest) => {
    const { randomness, marks } = randomnessOf(record, shown);
    const earlier = earlierThreshold(record, randomness);
    const threshold = isRest ? larger(base, earlier) : earlier;
    if (threshold === undefined || !passes(threshold, randomness)) return undefined;
    return [priorityOf(isRest), { key: THRESHOLD_ATTRIBUTE, value: thresholdText(threshold) }, ...marks];
  };
}

function createPriority({ base_percent }: Pick<SamplingConfig, "base_percent">) {
  const always: NewAttribute = { key: PRIORITY_ATTRIBUTE, value: 100 };
  const share: NewAttribute = { key: PRIORITY_ATTRIBUTE, value: base_percent };
  return (isRest: boolean): NewAttribute => (isRest ? share : always);
}

/** A record's randomness, and the mark of one that it did not bring. */
function randomnessOf(
  record: RecordView,
  shown: Shown | undefined,
): { randomness: Randomness; marks: readonly NewAttribute[] } {
  const given = givenRandomness(record);
  if (given !== undefined) return { randomness: given, marks: [] };
  const randomness = drawnRandomness(record, shown);
  return { randomness, marks: [{ key: RANDOMNESS_ATTRIBUTE, value: randomness }] };
}

/** What a stage before this one kept the record by; one that the record does not pass is no truth. */
function earlierThreshold(record: RecordView, randomness: string): Threshold {
  const threshold = readThreshold(record.attribute(THRESHOLD_ATTRIBUTE));
  return threshold !== undefined && passes(threshold, randomness) ? threshold : ALWAYS;
}

/** The smaller share of both. */
function larger(base: Threshold | undefined, earlier: Threshold): Threshold | undefined {
  return base === undefined || base > earlier ? base : earlier;
}
