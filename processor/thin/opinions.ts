import type { Finding, Verdict } from "../calibrate/verdict.ts";
import type { SequenceWindow } from "../window/sequence-window.ts";
import type { Opinion } from "./stream-context.ts";

/** What thinning looks at of a finding. */
export interface ThinningFinding extends Pick<Finding, "recordIndex"> {
  readonly window: Pick<SequenceWindow, "service" | "stream" | "session">;
  readonly verdict: Pick<Verdict, "isAnomaly">;
}

/** What scoring came to. */
export interface Told {
  readonly findings: readonly ThinningFinding[];
  /** Whether a service's verdicts are to be relied on: not where they were made without a detector that should have been asked,
   * nor before the service was learned. */
  readonly isReliable: (service: string) => boolean;
}

/** What is said of each record; of one that has no finding nothing is known. Verdicts that are not reliable tell anomalies alone. */
export function opinionsOf(records: number, { findings, isReliable }: Told): readonly Opinion[] {
  const opinions = new Array<Opinion>(records).fill("unknown");
  const reliable = new Map<string, boolean>();
  for (const { recordIndex, verdict, window } of findings) {
    if (recordIndex === undefined) continue;
    const isKnown = reliable.get(window.service) ?? isReliable(window.service);
    reliable.set(window.service, isKnown);
    if (verdict.isAnomaly) opinions[recordIndex] = "anomalous";
    else if (isKnown) opinions[recordIndex] = "normal";
  }
  return opinions;
}

/** The stream of something that ended oddly, which no record carries. */
export interface OddEnd {
  readonly service: string;
  readonly stream: string;
}

/** Before the first record of the request. */
export const AT_START = -1;

/** What ended oddly, by the record of the request that was the last of it, or {@link AT_START} where none of it came in it. */
export function oddEndsIn(findings: readonly ThinningFinding[]): ReadonlyMap<number, readonly OddEnd[]> {
  const odd = findings.filter(({ recordIndex, verdict }) => recordIndex === undefined && verdict.isAnomaly);
  const ends = new Map<number, OddEnd[]>();
  if (odd.length === 0) return ends;
  const lastRecords = new Map<object, number>();
  for (const { recordIndex = AT_START, window } of findings)
    lastRecords.set(window.session, Math.max(recordIndex, lastRecords.get(window.session) ?? AT_START));
  for (const { window } of odd) {
    const at = lastRecords.get(window.session) ?? AT_START;
    ends.set(at, [...(ends.get(at) ?? []), window]);
  }
  return ends;
}
