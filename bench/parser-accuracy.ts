import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { redactConfig } from "../processor/redact/config.ts";
import { createRedactor } from "../processor/redact/redact.ts";
import { templateConfig } from "../processor/template/config.ts";
import { createTemplateMiner } from "../processor/template/create-template-miner.ts";
import { needed, publicLogs } from "./needed.ts";

/** Grouping accuracy of Drain as published, each system with regular expressions and thresholds of its own
 * (Zhu et al.: Tools and Benchmarks for Automated Log Parsing, ICSE-SEIP 2019, table III). */
export const PUBLISHED_DRAIN: Readonly<Record<string, number>> = {
  Android: 0.911,
  Apache: 1,
  BGL: 0.963,
  HDFS: 0.998,
  HPC: 0.887,
  HealthApp: 0.78,
  Linux: 0.69,
  Mac: 0.787,
  OpenStack: 0.733,
  Proxifier: 0.527,
  Spark: 0.92,
  Windows: 0.997,
};

/** How well one system's lines were grouped. */
export interface Accuracy {
  readonly system: string;
  readonly groupingAccuracy: number;
  readonly templatesTrue: number;
  readonly templatesMined: number;
}

/** Mines the Content column of one system's 2,000 lines, in order, with the default configuration, redacted as in a stage. */
export function measureSystem(dataDirectory: string, system: string): Accuracy {
  const file = join(dataDirectory, "loghub_2k", system, `${system}_2k.log_structured.csv.gz`);
  const [header = [], ...rows] = parseCsv(gunzipSync(readFileSync(file)).toString("utf8"));
  const content = header.indexOf("Content");
  const event = header.indexOf("EventId");
  const miner = createTemplateMiner(templateConfig.parse({}), {
    findHidden: createRedactor(redactConfig.parse({})).findInWords,
  });
  const mined = rows.map((row) => miner.mine(row[content] ?? "").templateId);
  const truth = rows.map((row) => row[event] ?? "");
  return {
    system,
    groupingAccuracy: groupingAccuracy(truth, mined),
    templatesTrue: new Set(truth).size,
    templatesMined: new Set(mined).size,
  };
}

/** Share of lines whose group holds exactly the lines of the true group (Zhu et al., section III.C). */
export function groupingAccuracy(truth: readonly string[], mined: readonly string[]): number {
  const trueSizes = countOf(truth);
  const minedSizes = countOf(mined);
  const pairSizes = countOf(truth.map((event, i) => `${event}\u0000${mined[i]}`));
  const right = truth.filter((event, i) => {
    const size = pairSizes.get(`${event}\u0000${mined[i]}`);
    return size === trueSizes.get(event) && size === minedSizes.get(mined[i] ?? "");
  });
  return right.length / truth.length;
}

function countOf(keys: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** RFC 4180: quoted fields may hold commas, doubled quotes and line breaks. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const match of text.matchAll(/("(?:[^"]|"")*"|[^,\r\n]*)(,|\r?\n|$)/g)) {
    const [whole, field = "", separator] = match;
    if (whole === "" && row.length === 0) break;
    row.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
    if (separator !== ",") {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}

/** The table of bench/RESULTS.md. */
export function accuracyTable(results: readonly Accuracy[]): string {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const published = results.map(({ system }) => PUBLISHED_DRAIN[system] ?? Number.NaN);
  return [
    "| system | Drain, published | logbert | templates, true | templates, mined |",
    "|---|---|---|---|---|",
    ...results.map(
      (one, i) =>
        `| ${one.system} | ${published[i]?.toFixed(3)} | ${one.groupingAccuracy.toFixed(3)} | ${one.templatesTrue} | ${one.templatesMined} |`,
    ),
    `| **mean** | **${mean(published).toFixed(3)}** | **${mean(results.map((one) => one.groupingAccuracy)).toFixed(3)}** | | |`,
  ].join("\n");
}

if (import.meta.main) {
  const directory = process.env["LOGBERT_TEST_DATA"] ?? join(import.meta.dirname, "../../shared/data");
  const data = needed(publicLogs(directory, "loghub_2k"));
  console.log(accuracyTable(Object.keys(PUBLISHED_DRAIN).map((system) => measureSystem(data, system))));
}
