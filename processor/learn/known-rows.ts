import { decodeRow, type ResidualsFile } from "../inference/residuals.ts";
import type { ServiceCorpus } from "./corpus.ts";

/** What a model knows of a service's templates, a row of `width` values each, one after the other; 0 where it knows nothing. */
export function knownRows(
  residuals: ResidualsFile,
  { name, templates }: Pick<ServiceCorpus, "name" | "templates">,
  width: number,
): Float32Array {
  const known = new Map(residuals.services.find(([other]) => other === name)?.[1]);
  const rows = new Float32Array(templates.length * width);
  for (const [template, text] of templates.entries()) {
    const row = known.get(text);
    if (row !== undefined) rows.set(decodeRow(row), template * width);
  }
  return rows;
}
