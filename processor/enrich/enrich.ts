import type { Finding } from "../calibrate/verdict.ts";
import type { Thinned } from "../thin/marks.ts";
import type { ParsedRecord } from "../window/sequence-window.ts";
import { createEncodedKeys } from "../wire/encoded-keys.ts";
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
 * A record without a finding gets its template alone, one that was not even parsed stays as it came. What is thinned out
 * is not written at all.
 */
export type Enrich = (request: ExportRequest, judged: Judged, thinned?: Thinned) => Uint8Array;

/** @param prefix of the attributes' keys, but for the template's */
export function createEnrich(prefix: string): Enrich {
  const keys = createEncodedKeys();
  const score = `${prefix}.score`;
  const isAnomaly: NewAttribute = { key: `${prefix}.is_anomaly`, value: true };
  // What an earlier stage said of a record that is none to us would name an anomaly that we do not have.
  const noAnomaly: readonly NewAttribute[] = [
    { ...isAnomaly, value: false },
    ...ANOMALY_SUFFIXES.map((suffix) => ({ key: `${prefix}.${suffix}`, value: undefined })),
  ];

  return (request, { parsed, findings, anomalies }, thinned) => {
    const additions: NewAttribute[][] = request.records.map(() => []);
    addTemplates(additions, parsed);
    for (const { recordIndex, verdict } of findings) {
      if (recordIndex === undefined) continue;
      const own = additions[recordIndex];
      own?.push({ key: score, value: verdict.score });
      if (verdict.isAnomaly) own?.push(isAnomaly);
      else own?.push(...noAnomaly);
    }
    for (const anomaly of anomalies) addAnomaly(additions, anomaly, prefix);
    if (thinned !== undefined) addMarks(additions, thinned);
    return spliceAttributes(request, (recordIndex) => additions[recordIndex] ?? [], keys, thinned?.leftOut);
  };
}

function addTemplates(additions: readonly NewAttribute[][], parsed: readonly ParsedRecord[]): void {
  for (const { recordIndex, match, isAdopted } of parsed)
    if (!isAdopted) additions[recordIndex]?.push({ key: TEMPLATE_ATTRIBUTE, value: match.template });
}

function addMarks(additions: readonly NewAttribute[][], { marks }: Thinned): void {
  for (const [index, own] of additions.entries()) own.push(...(marks[index] ?? []));
}

function addAnomaly(
  additions: readonly NewAttribute[][],
  { id, finding: { recordIndex, verdict }, explanation }: NamedAnomaly,
  prefix: string,
): void {
  if (recordIndex === undefined) return;
  additions[recordIndex]?.push(
    { key: `${prefix}.threshold`, value: verdict.threshold },
    { key: `${prefix}.explanation`, value: explanation.summary },
    { key: `${prefix}.id`, value: id },
    { key: `${prefix}.model.version`, value: verdict.modelVersion },
  );
}

/** On anomalies only. */
const ANOMALY_SUFFIXES = ["threshold", "explanation", "id", "model.version"];
