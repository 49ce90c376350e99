import { parseCri, parseDocker } from "./container.ts";
import { parseObject } from "./json-value.ts";
import type { KnownFormat } from "./parsed-line.ts";
import { parseSyslog } from "./syslog.ts";

/** The share of lines that must be in a format: stack traces and banners stand between them. */
const SHARE_MIN = 0.6;

/** From the strictest to the loosest: each Docker line is JSON as well. */
const RECOGNISERS: readonly (readonly [KnownFormat, (line: string) => boolean])[] = [
  ["cri", (line) => parseCri(line) !== undefined],
  ["docker", (line) => parseDocker(line) !== undefined],
  ["json", (line) => parseObject(line) !== undefined],
  // A host and a tag are needed: a time and a sentence are plain text.
  ["syslog", (line) => parseSyslog(line, 0)?.service !== undefined],
];

/** The format of the first lines of a source; plain when no other fits most of them. Blank lines do not count. */
export function detectFormat(lines: readonly string[]): KnownFormat {
  const written = lines.filter((line) => line.trim() !== "");
  const fits = RECOGNISERS.find(([, matches]) => {
    const matching = written.filter(matches).length;
    return matching > 0 && matching >= written.length * SHARE_MIN;
  });
  return fits?.[0] ?? "plain";
}
