import type { Finding } from "../calibrate/verdict.ts";
import type { ParsedRecord } from "../window/sequence-window.ts";
import type { ExportRequest, NewAttribute } from "../wire/record-view.ts";
import { spliceAttributes } from "../wire/splice.ts";
import type { NamedAnomaly } from "./name-anomalies.ts";

/** The attribute that carries a template, here and in the Collector's drain processor. */
export const TEMPLATE_ATTRIBUTE = "log.record.template";

/** What is known of a request's records when they are written. */
export interface Judged {
  readonly parsed: readonly ParsedRecord[];
  readonly findings: readonly Finding[];
  readonly anomalies: readonly NamedAnomaly[];
}

/**
 * The request's bytes with our attributes written into each record; every other byte stays.
 * A record without a finding gets its template alone, one that was not even parsed stays as it came.
 */
export function enrich(request: ExportRequest, judged: Judged, prefix: string): Uint8Array {
  const noAnomaly = ANOMALY_SUFFIXES.map((suffix) => ({ key: `${prefix}.${suffix}`, value: undefined }));
  const additions: NewAttribute[][] = request.records.map(() => []);
  for (const { recordIndex, match } of judged.parsed) {
    if (hasUpstreamTemplate(request, recordIndex)) continue;
    additions[recordIndex]?.push({ key: TEMPLATE_ATTRIBUTE, value: match.template });
  }
  for (const { recordIndex, verdict } of judged.findings) {
    if (recordIndex === undefined) continue;
    additions[recordIndex]?.push(
      { key: `${prefix}.score`, value: verdict.score },
      { key: `${prefix}.is_anomaly`, value: verdict.isAnomaly },
    );
    // What an earlier stage said of a record that is none to us would name an anomaly that we do not have.
    if (!verdict.isAnomaly) additions[recordIndex]?.push(...noAnomaly);
  }
  for (const { id, finding, explanation } of judged.anomalies) {
    if (finding.recordIndex === undefined) continue;
    additions[finding.recordIndex]?.push(
      { key: `${prefix}.threshold`, value: finding.verdict.threshold },
      { key: `${prefix}.explanation`, value: explanation.summary },
      { key: `${prefix}.id`, value: id },
      { key: `${prefix}.model.version`, value: finding.verdict.modelVersion },
    );
  }
  return spliceAttributes(request, (recordIndex) => additions[recordIndex] ?? []);
}

/** An upstream template was adopted, and is kept as it is. */
function hasUpstreamTemplate(request: ExportRequest, recordIndex: number): boolean {
  const upstream = request.records[recordIndex]?.attribute(TEMPLATE_ATTRIBUTE);
  return typeof upstream === "string" && upstream !== "";
}

/** On anomalies only. */
const ANOMALY_SUFFIXES = ["threshold", "explanation", "id", "model.version"];
