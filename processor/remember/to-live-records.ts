import type { LiveRecord } from "../../store/live-record.ts";
import type { Verdict } from "../calibrate/verdict.ts";
import type { Judged } from "../enrich/enrich.ts";
import type { ParsedRecord } from "../window/sequence-window.ts";
import type { ExportRequest } from "../wire/record-view.ts";
import type { ShownTexts } from "./to-anomaly.ts";

/** Longest body that a live view shows, in UTF-16 code units. */
const BODY_CHARACTERS_MAX = 1_000;

/** Some of a request's records as a live view shows them, at most `recordsMax`: anomalies first, then a sample spread over the rest. */
export function toLiveRecords(
  request: ExportRequest,
  judged: Judged,
  redactor: ShownTexts,
  recordsMax: number,
): readonly LiveRecord[] {
  const ids = new Map(judged.anomalies.map(({ finding, id }) => [finding.recordIndex, id]));
  const chosen = choose(judged.parsed, (recordIndex) => ids.has(recordIndex), recordsMax);
  const verdicts = verdictsOf(judged, new Set(chosen.map(({ recordIndex }) => recordIndex)));
  return chosen.map(({ recordIndex, timeMs, service, severityNumber, match }) => {
    const verdict = verdicts.get(recordIndex);
    return {
      timeMs,
      service,
      severityNumber,
      body: redactor.body(request.records[recordIndex]?.body ?? "", BODY_CHARACTERS_MAX),
      template: redactor.plain(match.template),
      score: verdict?.score,
      threshold: verdict?.threshold,
      isAnomaly: verdict?.isAnomaly ?? false,
      anomalyId: ids.get(recordIndex),
    };
  });
}

/** In the request's order. */
function choose(
  parsed: readonly ParsedRecord[],
  isOdd: (recordIndex: number) => boolean,
  recordsMax: number,
): readonly ParsedRecord[] {
  const odd = parsed.filter(({ recordIndex }) => isOdd(recordIndex)).slice(0, recordsMax);
  const room = recordsMax - odd.length;
  if (room === 0) return odd;
  const sample: ParsedRecord[] = [];
  const stride = Math.max(1, Math.ceil((parsed.length - odd.length) / room));
  for (let at = 0, usual = 0; at < parsed.length; at += 1) {
    const record = parsed[at];
    if (record === undefined || isOdd(record.recordIndex)) continue;
    if (usual % stride === 0) sample.push(record);
    usual += 1;
  }
  return [...odd, ...sample].sort((a, b) => a.recordIndex - b.recordIndex);
}

function verdictsOf({ findings }: Judged, wanted: ReadonlySet<number>): ReadonlyMap<number, Verdict> {
  const verdicts = new Map<number, Verdict>();
  for (const { recordIndex, verdict } of findings)
    if (recordIndex !== undefined && wanted.has(recordIndex)) verdicts.set(recordIndex, verdict);
  return verdicts;
}
