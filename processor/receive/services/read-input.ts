import { toBinary } from "@bufbuild/protobuf";
import { Format, type Lines, type ScoreRequest } from "../../../proto/gen/logbert/v1/scoring_pb.js";
import {
  type ExportLogsServiceRequest,
  ExportLogsServiceRequestSchema,
} from "../../../proto/gen/opentelemetry/proto/collector/logs/v1/logs_service_pb.js";
import { encodeRequest } from "../../wire/encode.ts";
import { createLineReader } from "../lines/create-line-reader.ts";
import type { LineFormat } from "../lines/parsed-line.ts";
import { toResources } from "../lines/to-resources.ts";

/** What is to be judged. */
export interface Input {
  /** A serialised ExportLogsServiceRequest. */
  readonly bytes: Uint8Array;
  /** Of lines: where each of its records comes from. */
  readonly sources: readonly Source[];
}

/** Where a record was read from. */
export interface Source {
  /** Several lines are joined by "\n". */
  readonly text: string;
  /** Its place among the records, in the order in which they were read. */
  readonly place: number;
}

/** A request that asks for nothing that can be judged, and why. */
export interface InputError {
  readonly error: string;
}

const SERVICE_CHARACTERS_MAX = 128;
/** Lines or records of one request, which is read in one go: meanwhile nobody else is served. */
const RECORDS_MAX = 20_000;

const FORMATS: ReadonlyMap<Format, LineFormat> = new Map([
  [Format.UNSPECIFIED, "auto"],
  [Format.PLAIN, "plain"],
  [Format.JSON, "json"],
  [Format.SYSLOG, "syslog"],
  [Format.CRI, "cri"],
  [Format.DOCKER, "docker"],
]);

/** Reads a request into records. */
export function readInput({ input }: ScoreRequest, nowMs: number): Input | InputError {
  switch (input.case) {
    case "lines":
      return readLines(input.value, nowMs);
    case "records":
      if (recordsOf(input.value) > RECORDS_MAX) return tooMany("records");
      return { bytes: toBinary(ExportLogsServiceRequestSchema, input.value), sources: [] };
    case undefined:
      return { error: "input: name lines or records" };
  }
}

function tooMany(field: string): InputError {
  return { error: `${field}: must be ${RECORDS_MAX} at most; more go into further requests` };
}

function recordsOf({ resourceLogs }: ExportLogsServiceRequest): number {
  let records = 0;
  for (const { scopeLogs } of resourceLogs)
    for (const { logRecords } of scopeLogs) records += logRecords.length;
  return records;
}

function readLines({ service, format, lines }: Lines, nowMs: number): Input | InputError {
  if (service.trim() === "" || service.length > SERVICE_CHARACTERS_MAX)
    return { error: `lines.service: must have 1 to ${SERVICE_CHARACTERS_MAX} characters` };
  const known = FORMATS.get(format);
  if (known === undefined) return { error: `lines.format: there is no format ${format}` };
  if (lines.length > RECORDS_MAX) return tooMany("lines.lines");
  const broken = lines.findIndex((line) => /[\r\n]/.test(line));
  if (broken >= 0) return { error: `lines.lines[${broken}]: must be one line, without its end` };
  const reader = createLineReader({ format: known, now: () => nowMs });
  const parsed = [...lines.flatMap((line) => reader.push(line)), ...reader.flush()];
  // A request has one resource for each service, whose records stand together.
  const sources = parsed.map(({ source: text, service: own }, place) => ({
    text,
    place,
    name: own ?? service,
  }));
  const inRequest = [...Map.groupBy(sources, ({ name }) => name).values()].flat();
  return {
    bytes: encodeRequest(toResources({ service, file: undefined, lines: parsed }, nowMs)),
    sources: inRequest.map(({ text, place }) => ({ text, place })),
  };
}
