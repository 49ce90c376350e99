import type { NewRecord, NewResource } from "../../wire/encode.ts";
import type { ParsedLine } from "./parsed-line.ts";

/** Records of one source, in order. */
export interface LineBatch {
  /** For records that name no service themselves. */
  readonly service: string;
  /** Path of the file; undefined where there is none, as for standard input. */
  readonly file: string | undefined;
  readonly lines: readonly ParsedLine[];
}

/** A batch as OTLP: one resource a service, its records in order. A record without a time has only its observed time. */
export function toResources({ service, file, lines }: LineBatch, observedMs: number): readonly NewResource[] {
  const observedTimeUnixNano = BigInt(Math.trunc(observedMs)) * 1_000_000n;
  const fileAttributes: Record<string, string> = file === undefined ? {} : { "log.file.path": file };
  const groups = Map.groupBy(lines, (line) => line.service ?? service);
  return [...groups].map(([name, group]) => ({
    attributes: { "service.name": name, ...fileAttributes },
    records: group.map((line) => toNewRecord(line, observedTimeUnixNano)),
  }));
}

function toNewRecord(line: ParsedLine, observedTimeUnixNano: bigint): NewRecord {
  return {
    timeUnixNano: line.timeUnixNano ?? 0n,
    observedTimeUnixNano,
    severityNumber: line.severityNumber,
    severityText: line.severityText,
    body: line.body,
    attributes: line.attributes,
    ...(line.traceId === undefined ? {} : { traceId: line.traceId }),
    ...(line.spanId === undefined ? {} : { spanId: line.spanId }),
  };
}
