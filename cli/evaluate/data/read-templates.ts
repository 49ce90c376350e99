import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { dataError } from "./data-error.ts";

/**
 * The lines of an unpacked table, without empty ones.
 *
 * @throws UsageError that names the file
 */
export async function readTable(directory: string, file: string): Promise<readonly string[]> {
  const path = join(directory, file);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw dataError(
      path,
      undefined,
      error.code === "ENOENT" ? "is missing" : `cannot be read (${error.code})`,
    );
  });
  return text.split(/\r?\n/).filter((line) => line !== "");
}

/**
 * Texts of a table `id,template` with a header, checked to have the ids first, first + 1, ... in order.
 * Example: "E1,[*]Verification succeeded for[*]" gives "<*>Verification succeeded for<*>".
 *
 * @throws UsageError that names the file and the line
 */
export async function readTemplates(
  directory: string,
  file: string,
  first: number,
): Promise<readonly string[]> {
  const [, ...rows] = await readTable(directory, file);
  return rows.map((row, index) => {
    const [, id, text] = /^E?(\d+),(.*)$/.exec(row) ?? [];
    if (Number(id) !== first + index || text === undefined)
      throw dataError(join(directory, file), index + 2, `must be "${first + index},template"`);
    return unquote(text).replaceAll("[*]", "<*>");
  });
}

function unquote(field: string): string {
  return field.startsWith('"') && field.endsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field;
}
