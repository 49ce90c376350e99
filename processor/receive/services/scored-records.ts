import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  type ScoredRecordSchema,
  type ScoreResponse,
  ScoreResponseSchema,
} from "../../../proto/gen/logbert/v1/scoring_pb.js";
import type { Judged } from "../../enrich/enrich.ts";
import type { Source } from "./read-input.ts";

/** What was found of each record. A record that was not even looked at has its place, and nothing in it. */
export function responseOf(judged: Judged, sources: readonly Source[]): ScoreResponse {
  const records: MessageInitShape<typeof ScoredRecordSchema>[] = [];
  const placeOf = (index: number) => sources[index]?.place ?? index;
  const recordOf = (index: number) => (records[placeOf(index)] ??= {});
  for (const [index, { text }] of sources.entries()) recordOf(index).line = text;
  for (const { recordIndex, service, match } of judged.parsed)
    Object.assign(recordOf(recordIndex), { service, template: match.template });
  for (const { recordIndex, verdict } of judged.findings) {
    if (recordIndex === undefined) continue;
    const { score, threshold, isAnomaly, modelVersion } = verdict;
    Object.assign(recordOf(recordIndex), { score, threshold, isAnomaly, modelVersion });
  }
  for (const { id, finding, explanation } of judged.anomalies) {
    if (finding.recordIndex === undefined) continue;
    Object.assign(recordOf(finding.recordIndex), { anomalyId: id, explanation: explanation.summary });
  }
  return create(ScoreResponseSchema, { records: Array.from(records, (record) => record ?? {}) });
}
