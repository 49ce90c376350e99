import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Sensitive } from "../../processor/redact/find-sensitive.ts";

/** One redaction in a public log. */
export interface PublicRedaction {
  readonly system: string;
  readonly kind: string;
  readonly text: string;
  readonly line: string;
}

/** The raw lines of loghub_2k, 2,000 of each of its systems. */
function* publicLines(dataDirectory: string): Iterable<readonly [system: string, line: string]> {
  const directory = join(dataDirectory, "loghub_2k");
  const systems = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of systems) {
    const file = join(directory, name, `${name}_2k.log.gz`);
    for (const line of gunzipSync(readFileSync(file)).toString("utf8").split("\n"))
      if (line !== "") yield [name, line];
  }
}

/** Everything that is redacted in them. */
export function redactPublicLines(
  dataDirectory: string,
  find: (text: string) => readonly Sensitive[],
): { readonly lines: number; readonly redactions: readonly PublicRedaction[] } {
  const redactions: PublicRedaction[] = [];
  let lines = 0;
  for (const [system, line] of publicLines(dataDirectory)) {
    lines += 1;
    for (const { start, end, kind } of find(line))
      redactions.push({ system, kind, text: line.slice(start, end), line });
  }
  return { lines, redactions };
}
