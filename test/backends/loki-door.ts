import { encodeStatus } from "../../processor/wire/rpc-status.ts";
import type { KeyValue } from "../../proto/gen/opentelemetry/proto/common/v1/common_pb.js";
import type { HttpAnswer } from "../edges/next-hop.ts";
import { bodyOf, type SentRecord, sentRecords } from "./sent-records.ts";

/** A line as Loki keeps it. */
export interface LokiLine {
  readonly labels: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly line: string;
}

/** The resource attributes that are labels unless its configuration says otherwise (those that these tests may meet). */
const LABELS = new Set([
  "deployment.environment.name",
  "k8s.namespace.name",
  "k8s.pod.name",
  "service.instance.id",
  "service.name",
  "service.namespace",
]);

/** What it takes of one record, by default. */
const LIMITS = { metadataEntries: 128, metadataBytes: 65_536, lineBytes: 262_144 };

/**
 * The line of a record, as Loki's documentation tells it: some resource attributes are labels, everything else is structured
 * metadata under names with "_", all values are texts. Source: docs/sources/send-data/otel.
 */
export function lokiLine(sent: SentRecord): LokiLine {
  const texts = (attributes: readonly KeyValue[]) =>
    Object.fromEntries(attributes.map(({ key, value }) => [nameOf(key), String(value?.value.value ?? "")]));
  const isLabel = ({ key }: KeyValue) => LABELS.has(key);
  return {
    labels: texts(sent.resource.filter(isLabel)),
    metadata: {
      ...texts(sent.resource.filter((one) => !isLabel(one))),
      ...texts(sent.record.attributes),
      severity_number: String(sent.record.severityNumber),
      severity_text: sent.record.severityText,
    },
    line: bodyOf(sent),
  };
}

function nameOf(key: string): string {
  return key.replace(/[^a-zA-Z0-9_]/g, "_");
}

/** What Loki says to a request: 204 without a body, or 400 when a record is beyond its limits. */
export function answerAsLoki(body: Uint8Array): HttpAnswer {
  const isBeyond = sentRecords([body]).map(lokiLine).some(exceedsLimits);
  return isBeyond ? refusal(400, "structured metadata or line beyond its limit") : { status: 204 };
}

/** An error as Loki writes it: a protobuf Status, under a content type that does not say so. */
export function refusal(status: number, message: string): HttpAnswer {
  return {
    status,
    headers: { "content-type": "application/octet-stream" },
    body: encodeStatus({ code: 0, message }),
  };
}

function exceedsLimits({ metadata, line }: LokiLine): boolean {
  const pairs = Object.entries(metadata);
  const bytes = pairs.reduce((sum, pair) => sum + Buffer.byteLength(pair.join("")), 0);
  return (
    pairs.length > LIMITS.metadataEntries ||
    bytes > LIMITS.metadataBytes ||
    Buffer.byteLength(line) > LIMITS.lineBytes
  );
}
