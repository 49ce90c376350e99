import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";

/** A record as the Collector's file exporter wrote it, after its way through logbert. */
export interface ScoredRecord {
  readonly body: unknown;
  /** Milliseconds since 1970; 0 when the record has no time of its own. */
  readonly timeMs: number;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, unknown>>;
}

/**
 * Every record of a file of OTLP/JSON lines. Left out is what is not complete: a line that is being written, and the half of
 * one that a killed Collector left, behind which the next one then wrote a whole one.
 */
export function readScoredRecords(path: string): ScoredRecord[] {
  if (!existsSync(path)) return [];
  const text = readFileSync(path, "utf8");
  return text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.slice(line.lastIndexOf(REQUEST_START)))
    .flatMap((line) => exportRequest.parse(JSON.parse(line)).resourceLogs.flatMap(recordsOf));
}

/** Nowhere else: inside a text its quotes would be escaped. */
const REQUEST_START = '{"resourceLogs":';

const anyValue: z.ZodType<unknown> = z.lazy(() =>
  z.union([
    z.strictObject({ stringValue: z.string() }).transform((value) => value.stringValue),
    z.strictObject({ intValue: z.coerce.number() }).transform((value) => value.intValue),
    z.strictObject({ doubleValue: z.number() }).transform((value) => value.doubleValue),
    z.strictObject({ boolValue: z.boolean() }).transform((value) => value.boolValue),
    z
      .strictObject({ arrayValue: z.object({ values: z.array(anyValue).default([]) }) })
      .transform((value) => value.arrayValue.values),
    z
      .strictObject({ kvlistValue: z.object({ values: keyValues }) })
      .transform((value) => value.kvlistValue.values),
    z.strictObject({}).transform(() => undefined),
  ]),
);
const keyValues = z
  .array(z.object({ key: z.string(), value: anyValue }))
  .default([])
  .transform((pairs) => Object.fromEntries(pairs.map(({ key, value }) => [key, value])));

const resourceLogs = z.object({
  resource: z.object({ attributes: keyValues }).prefault({}),
  scopeLogs: z.array(
    z.object({
      logRecords: z.array(
        z.object({
          timeUnixNano: z.string().default("0"),
          severityNumber: z.int().default(0),
          severityText: z.string().default(""),
          body: anyValue.optional(),
          attributes: keyValues,
        }),
      ),
    }),
  ),
});
const exportRequest = z.object({ resourceLogs: z.array(resourceLogs) });

function recordsOf({ resource, scopeLogs }: z.infer<typeof resourceLogs>): ScoredRecord[] {
  return scopeLogs.flatMap(({ logRecords }) =>
    logRecords.map(({ timeUnixNano, ...record }) => ({
      ...record,
      body: record.body,
      timeMs: Number(BigInt(timeUnixNano) / 1_000_000n),
      resource: resource.attributes,
    })),
  );
}
