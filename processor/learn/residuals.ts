import { Buffer } from "node:buffer";
import { z } from "zod";

/** `residuals.json`: what a service's own logs have taught of each of its templates, beyond their text. */
export interface Residuals {
  readonly version: 1;
  /** Service, and for each template its text and `width` little-endian 32-bit floats as base64. */
  readonly services: readonly (readonly [
    service: string,
    rows: readonly (readonly [text: string, row: string])[],
  ])[];
}

/** Rows kept of one service, and services kept. */
export const RESIDUAL_ROWS_MAX = 1_024;
const SERVICES_MAX = 1_000;

/** The schema of `residuals.json` for rows of `width` values. */
export function residualsFile(width: number) {
  const row = z.base64().refine((text) => Buffer.from(text, "base64").length === width * 4, {
    error: `must be ${width} 32-bit floats`,
  });
  return z.strictObject({
    version: z.literal(1),
    services: z
      .array(z.tuple([z.string(), z.array(z.tuple([z.string(), row])).max(RESIDUAL_ROWS_MAX)]))
      .max(SERVICES_MAX),
  });
}

/** A row of `residuals.json` as numbers. */
export function decodeRow(row: string): Float32Array {
  const bytes = new Uint8Array(Buffer.from(row, "base64"));
  return new Float32Array(bytes.buffer);
}

/** A row as `residuals.json` holds it. */
export function encodeRow(row: Float32Array): string {
  return Buffer.from(row.buffer, row.byteOffset, row.byteLength).toString("base64");
}

/** The rows of services that were trained now, before those of others that the model had already. */
export function mergeResiduals(trained: Residuals["services"], old: Residuals): Residuals {
  const names = new Set(trained.map(([name]) => name));
  const others = old.services.filter(([name]) => !names.has(name));
  return { version: 1, services: [...trained, ...others].slice(0, SERVICES_MAX) };
}
