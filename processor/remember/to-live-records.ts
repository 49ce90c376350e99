import type { LiveRecord } from "../../store/live-record.ts";
import type { Judged } from "../enrich/enrich.ts";
import type { ExportRequest } from "../wire/record-view.ts";

/** Longest body that a live view shows, in UTF-16 code units. */
const BODY_CHARACTERS_MAX = 1_000;

/** Some of a request's records as a live view shows them, at most `recordsMax`: anomalies first, then a sample spread over the rest. */
export function toLiveRecords(
  request: ExportRequest,
  { parsed, findings, anomalies }: Judged,
  redact: (text: string) => string,
  recordsMax: number,
): readonly LiveRecord[] {
  const verdicts = new Map(findings.map((finding) => [finding.recordIndex, finding.verdict]));
  const ids = new Map(anomalies.map(({ finding, id }) => [finding.recordIndex, id]));
  const odd = parsed.filter(({ recordIndex }) => ids.has(recordIndex)).slice(0, recordsMax);
  const rest = parsed.filter(({ recordIndex }) => !ids.has(recordIndex));
  const stride = Math.max(1, Math.ceil(rest.length / Math.max(1, recordsMax - odd.length)));
  const sample = odd.length >= recordsMax ? [] : rest.filter((_, index) => index % stride === 0);
  return [...odd, ...sample]
    .sort((a, b) => a.recordIndex - b.recordIndex)
    .map(({ recordIndex, timeMs, service, severityNumber, match }) => {
      const verdict = verdicts.get(recordIndex);
      return {
        timeMs,
        service,
        severityNumber,
        body: redact((request.records[recordIndex]?.body ?? "").slice(0, BODY_CHARACTERS_MAX)),
        template: redact(match.template),
        score: verdict?.score,
        threshold: verdict?.threshold,
        isAnomaly: verdict?.isAnomaly ?? false,
        anomalyId: ids.get(recordIndex),
      };
    });
}
