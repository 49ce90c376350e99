import type { GeneratedRecord } from "../cli/generate/generated-record.ts";
import { toResources } from "../cli/generate/to-resources.ts";
import { oddEnds } from "../processor/calibrate/odd-ends.ts";
import type { Finding } from "../processor/calibrate/verdict.ts";
import { saidOfAbsence } from "../processor/detect/absence.ts";
import { placesOf } from "../processor/detect/places.ts";
import { parseRecords } from "../processor/parse-records.ts";
import type { Rooms } from "../processor/rooms.ts";
import { encodeRequest } from "../processor/wire/encode.ts";
import { readRequest } from "../processor/wire/read-request.ts";

/** A second of the stage's work: judged, then learned; silence included. */
export async function alertsOfSecond(
  rooms: Rooms,
  records: readonly GeneratedRecord[],
  nowMs: number,
): Promise<readonly Finding[]> {
  const { windower, detectors, judge } = rooms;
  const parsed = parseRecords(readRequest(encodeRequest(toResources(records))).records, {
    ...rooms,
    now: () => nowMs,
  });
  const windows = [...windower.push(parsed), ...windower.closeIdle(nowMs)];
  const { signal } = new AbortController();
  const places = placesOf(windows);
  const opinions = await Promise.all(detectors.map((detector) => detector.score(places, signal)));
  const findings = judge.judge(places, opinions);
  const odd = oddEnds(findings);
  for (const detector of detectors) detector.learn(windows, odd);
  judge.learn(findings);
  const silences = detectors
    .flatMap((detector) => detector.watch?.(nowMs) ?? [])
    .flatMap((absence) => judge.judge(...saidOfAbsence(absence)));
  judge.learn(silences);
  return [...findings, ...silences].filter(({ verdict }) => verdict.isAnomaly);
}
