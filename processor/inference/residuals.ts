import { z } from "zod";

/** Residual rows by service, then by the template's text. */
export type Residuals = ReadonlyMap<string, ReadonlyMap<string, Float32Array>>;

/** `residuals.json`: each row as base64 of little-endian 32-bit floats. */
const residualsFile = z.strictObject({
  version: z.literal(1),
  services: z.array(z.tuple([z.string(), z.array(z.tuple([z.string(), z.base64()]))])),
});

/** Reads what training wrote. Throws an Error that names the field, or the template whose row has another size. */
export function parseResiduals(json: unknown, width: number): Residuals {
  const parsed = residualsFile.safeParse(json);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  return new Map(
    parsed.data.services.map(([service, rows]) => [
      service,
      new Map(rows.map(([template, row]) => [template, decode(template, row, width)])),
    ]),
  );
}

function decode(template: string, base64: string, width: number): Float32Array {
  const bytes = Buffer.from(base64, "base64");
  if (bytes.length !== 4 * width)
    throw new Error(`the row of "${template}" has ${bytes.length / 4} numbers instead of ${width}`);
  return Float32Array.from({ length: width }, (_, index) => bytes.readFloatLE(4 * index));
}
