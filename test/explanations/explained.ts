import { oddEnds } from "../../processor/calibrate/odd-ends.ts";
import type { Finding } from "../../processor/calibrate/verdict.ts";
import { saidOfAbsence } from "../../processor/detect/absence.ts";
import type { Opinions } from "../../processor/detect/opinions.ts";
import { placesOf } from "../../processor/detect/places.ts";
import type { Rooms } from "../../processor/rooms.ts";
import type { SequenceWindow } from "../../processor/window/sequence-window.ts";
import type { Explanation } from "../../store/anomaly.ts";

/** A finding with what is said of it. */
export interface Explained {
  readonly finding: Finding;
  readonly explanation: Explanation;
}

/** Goes through windows as the stage does, and explains what is anomalous. */
export async function judgeAndLearn(
  { detectors, judge, explain }: Rooms,
  windows: readonly SequenceWindow[],
): Promise<readonly Explained[]> {
  const { signal } = new AbortController();
  const places = placesOf(windows);
  const opinions: Opinions[] = [];
  for (const detector of detectors) opinions.push(await detector.score(places, signal));
  const findings = judge.judge(places, opinions);
  const explained = findings
    .filter(({ verdict }) => verdict.isAnomaly)
    .map((finding) => ({ finding, explanation: explain(finding) }));
  const odd = oddEnds(findings);
  for (const detector of detectors) detector.learn(windows, odd);
  judge.learn(findings);
  return explained;
}

/** What has been missing by then, explained. */
export function judgeAbsences({ detectors, judge, explain }: Rooms, nowMs: number): readonly Explained[] {
  const absences = detectors.flatMap((detector) => detector.watch?.(nowMs) ?? []);
  const findings = absences.flatMap((absence) => judge.judge(...saidOfAbsence(absence)));
  const explained = findings
    .filter(({ verdict }) => verdict.isAnomaly)
    .map((finding) => ({ finding, explanation: explain(finding) }));
  judge.learn(findings);
  return explained;
}
