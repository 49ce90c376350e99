import { z } from "zod";

/** `residuals.json`: what a service's own logs have taught of each of its templates, beyond their text. */
export interface ResidualsFile {
  readonly version: 1;
  /** Service, and for each template its text and `width` little-endian 32-bit floats as base64. */
  readonly services: readonly (readonly [
    service: string,
    rows: readonly (readonly [text: string, row: string])[],
  ])[];
}

/** Residual rows by service, then by the template's text. */
export type Residuals = ReadonlyMap<string, ReadonlyMap<string, Float32Array>>;

/** Rows kept of one service, and services kept. */
export const RESIDUAL_ROWS_MAX = 1_024;
export const RESIDUAL_SERVICES_MAX = 1_000;

/** The schema of `residuals.json` for rows of `width` values. */
export function residualsFile(width: number) {
  const row = z.base64().refine(
    (text) => {
      const bytes = Buffer.from(text, "base64").length;
      return bytes === width * Float32Array.BYTES_PER_ELEMENT && decodeRow(text).every(Number.isFinite);
    },
    { error: `must be ${width} finite 32-bit floats` },
  );
  return z.strictObject({
    version: z.literal(1),
    services: z
      .array(z.tuple([z.string(), z.array(z.tuple([z.string(), row])).max(RESIDUAL_ROWS_MAX)]))
      .max(RESIDUAL_SERVICES_MAX),
  });
}

/** Reads what training wrote. Throws an Error that names the field. */
export function parseResiduals(json: unknown, width: number): Residuals {
  const parsed = residualsFile(width).safeParse(json);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  const count = parsed.data.services.reduce((sum, [, rows]) => sum + rows.length, 0);
  // One piece of memory: to another thread it goes whole.
  const all = new Float32Array(count * width);
  let at = 0;
  const place = (row: string) => {
    const own = all.subarray(at, at + width);
    own.set(decodeRow(row));
    at += width;
    return own;
  };
  return new Map(
    parsed.data.services.map(([service, rows]) => [
      service,
      new Map(rows.map(([template, row]) => [template, place(row)])),
    ]),
  );
}

/** A row of `residuals.json` as numbers. */
export function decodeRow(row: string): Float32Array {
  return new Float32Array(new Uint8Array(Buffer.from(row, "base64")).buffer);
}

/** A row as `residuals.json` holds it. */
export function encodeRow(row: Float32Array): string {
  return Buffer.from(row.buffer, row.byteOffset, row.byteLength).toString("base64");
}
