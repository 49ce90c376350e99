import { hash } from "node:crypto";
import { create, fromBinary, toBinary, toJson } from "@bufbuild/protobuf";
import type { Redactor } from "../../processor/redact/redact.ts";
import { requestEditors } from "../../processor/redact/redact-request.ts";
import type { RandomnessSource } from "../../processor/thin/randomness.ts";
import { bodyText } from "../../processor/wire/body-text.ts";
import type { TextEditor } from "../../processor/wire/rewrite-texts.ts";
import {
  type ExportLogsServiceRequest,
  ExportLogsServiceRequestSchema,
} from "../../proto/gen/opentelemetry/proto/collector/logs/v1/logs_service_pb.js";
import {
  type LogRecord,
  LogRecordSchema,
  ResourceLogsSchema,
  ScopeLogsSchema,
} from "../../proto/gen/opentelemetry/proto/logs/v1/logs_pb.js";
import { editTexts, plainValue } from "./edit-texts.ts";

const TRACE_ID_BYTES = 16;

/** A record with everything that it stands under, but for the attributes that a stage writes. */
export interface IdentifiedRecord {
  /** Equal for equal records: fields, unknown ones too, and their order of attributes; not their encoding. */
  readonly digest: string;
  /** Equal for records that are likely the same one: time, body and ids. */
  readonly likeness: string;
  /** Whether sampling may leave it out: the configured share does not hold it. */
  readonly mayBeLeftOut: boolean;
  /** A digest of each part, by its name, to tell what differs. */
  readonly parts: ReadonlyMap<string, string>;
}

/** Every record of a request, in its order. Throws when protobuf-es cannot read the request. */
export type Identify = (request: Uint8Array) => readonly IdentifiedRecord[];

/** How the records that went in are identified, and how those that came out: equal ones have equal digests. */
export interface Identities {
  readonly before: Identify;
  readonly after: Identify;
}

/**
 * @param redactor of a stage that redacts what it sends on: what went in is redacted, too, and pseudonyms are left out
 * @param isInShare whether the share that sampling keeps in any case holds a record; undefined where nothing is left out
 */
export function createIdentities(
  isOurs: (key: string) => boolean,
  redactor: Redactor | undefined,
  isInShare: IsInShare = () => true,
): Identities {
  const identify =
    (edit: (request: ExportLogsServiceRequest) => void): Identify =>
    (bytes) => {
      const request = decode(bytes);
      // The share is drawn before the request is redacted.
      const outside = recordsOf(request).map((record) => !isInShare(randomnessSource(record)));
      edit(request);
      return identifyRecords(request, isOurs, outside);
    };
  if (redactor === undefined) return { before: identify(() => undefined), after: identify(() => undefined) };
  const plain = requestEditors({
    ...redactor,
    body: whereFound(redactor.plain, redactor),
    plain: whereFound(redactor.plain, redactor),
    sender: whereFound(redactor.sender, redactor),
    placeholder: (_, name) => `<${name}>`,
  });
  const nameless: TextEditor = { text: withoutPseudonyms, value: () => undefined };
  return {
    before: identify((request) => editTexts(request, plain)),
    after: identify((request) => editTexts(request, { sender: nameless, record: () => nameless })),
  };
}

/** A text in which nothing is found is compared as it came: what redaction must not touch is not taken from redaction. */
function whereFound(redact: (text: string) => string, { find }: Redactor): (text: string) => string {
  return (text) => (find(text).length === 0 ? text : redact(text));
}

function withoutPseudonyms(text: string): string {
  return text.replaceAll(/<([A-Z][A-Z0-9_]*)-[b-z]{5}>/g, "<$1>");
}

/** Whether a record is held by the share. */
export type IsInShare = (record: RandomnessSource) => boolean;

function recordsOf({ resourceLogs }: ExportLogsServiceRequest): readonly LogRecord[] {
  return resourceLogs.flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords));
}

function randomnessSource(record: LogRecord): RandomnessSource {
  const { timeUnixNano, observedTimeUnixNano, body, traceId, attributes } = record;
  const hasTrace = traceId.length === TRACE_ID_BYTES && traceId.some((byte) => byte !== 0);
  return {
    timeUnixNano,
    observedTimeUnixNano,
    body: bodyText(plainValue(body)),
    traceId: hasTrace ? Buffer.from(traceId).toString("hex") : undefined,
    attribute: (key) => plainValue(attributes.findLast((one) => one.key === key)?.value),
  };
}

/** @param outside for each record in its order, whether sampling may leave it out */
function identifyRecords(
  request: ExportLogsServiceRequest,
  isOurs: (key: string) => boolean,
  outside: readonly boolean[],
): readonly IdentifiedRecord[] {
  let at = 0;
  return request.resourceLogs.flatMap((resourceLogs) => {
    const under = digestOf(toBinary(ResourceLogsSchema, { ...resourceLogs, scopeLogs: [] }));
    return resourceLogs.scopeLogs.flatMap((scopeLogs) => {
      const scope = digestOf(toBinary(ScopeLogsSchema, { ...scopeLogs, logRecords: [] }));
      return scopeLogs.logRecords.map((record) =>
        identify(
          { ...record, attributes: record.attributes.filter(({ key }) => !isOurs(key)) },
          { resource: under, scope, mayBeLeftOut: outside[at++] === true },
        ),
      );
    });
  });
}

function decode(request: Uint8Array): ExportLogsServiceRequest {
  // A copy, because protobuf-es keeps slices of what it is given.
  return fromBinary(ExportLogsServiceRequestSchema, Uint8Array.from(request), { recursionLimit: 1_000 });
}

function identify(
  record: LogRecord,
  { resource, scope, mayBeLeftOut }: { resource: string; scope: string; mayBeLeftOut: boolean },
): IdentifiedRecord {
  const digest = digestOf(Buffer.concat([Buffer.from(resource + scope), toBinary(LogRecordSchema, record)]));
  const { timeUnixNano, body, traceId, spanId } = record;
  const alike = create(LogRecordSchema, {
    timeUnixNano,
    traceId,
    spanId,
    ...(body === undefined ? {} : { body }),
  });
  return {
    digest,
    mayBeLeftOut,
    likeness: digestOf(toBinary(LogRecordSchema, alike)),
    get parts() {
      return partsOf(record, resource, scope);
    },
  };
}

function partsOf(record: LogRecord, resource: string, scope: string): ReadonlyMap<string, string> {
  const { $unknown = [], ...known } = record;
  const json = toJson(LogRecordSchema, known);
  const fields = typeof json === "object" && json !== null ? Object.entries(json) : [];
  return new Map([
    ["resourceLogs", resource],
    ["scopeLogs", scope],
    ["logRecord's unknown fields", digestOf(Buffer.concat($unknown.map(({ data }) => data)))],
    ...fields.map(
      ([name, value]) => [`logRecord.${name}`, digestOf(Buffer.from(JSON.stringify(value)))] as const,
    ),
  ]);
}

function digestOf(bytes: Uint8Array): string {
  return hash("sha1", bytes, "base64");
}
