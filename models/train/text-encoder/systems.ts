import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { parseCsv } from "../../../bench/parser-accuracy.ts";
import { generateNormal } from "../../../cli/generate/generate-normal.ts";
import { severityIndex } from "../../../processor/detect/severity-index.ts";
import { templateConfig } from "../../../processor/template/config.ts";
import { createTemplateMiner } from "../../../processor/template/create-template-miner.ts";
import { maskBody } from "../../../processor/template/mask.ts";
import type { System, Template } from "./system.ts";

/** A line without its envelope. */
interface Line {
  readonly body: string;
  readonly severity: number;
}

/** Masked bodies that are kept of one template. */
const LINES_PER_TEMPLATE = 4;
/** A template that was seen less often is more likely a fault of the miner. */
const MINED_LINES_MIN = 2;
const GENERATED_SEEDS = [11, 12, 13, 14];
const GENERATED_RECORDS = 60_000;

/** The levels that the data sets write, as the model's severity index. */
const LEVELS: Readonly<Record<string, number>> = {
  TRACE: 1,
  V: 1,
  DEBUG: 2,
  D: 2,
  INFO: 3,
  I: 3,
  NOTICE: 3,
  WARN: 4,
  WARNING: 4,
  W: 4,
  ERROR: 5,
  E: 5,
  SEVERE: 5,
  FAILURE: 5,
  FATAL: 6,
  F: 6,
};

/** The templates of templates.txt, a system for each of its headings. */
export function ownSystems(): System[] {
  const text = readFileSync(join(import.meta.dirname, "templates.txt"), "utf8");
  return text
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [name = "", ...lines] = section.trim().split("\n");
      return { name: `own: ${name}`, group: "own", templates: lines.map(ownTemplate) };
    });
}

function ownTemplate(line: string): Template {
  const blank = line.indexOf(" ");
  return { texts: [line.slice(blank + 1)], severity: LEVELS[line.slice(0, blank)] ?? 0 };
}

/** What `logbert generate` writes without incidents. */
export function generatedSystem(): System {
  const lines = GENERATED_SEEDS.flatMap((seed) => generateNormal({ seed, records: GENERATED_RECORDS })).map(
    ({ body, severityNumber }) => ({ body, severity: severityIndex(severityNumber) }),
  );
  return { name: "generated", group: "generated", templates: mined(lines) };
}

/** loghub's samples of 2,000 lines with their true templates. */
export function labelledSystems(data: string): System[] {
  return readdirSync(join(data, "loghub_2k")).map((name) => {
    const directory = join(data, "loghub_2k", name);
    const corrected = `${name}_2k.log_structured_corrected.csv.gz`;
    const file = readdirSync(directory).includes(corrected) ? corrected : `${name}_2k.log_structured.csv.gz`;
    const [header = [], ...rows] = parseCsv(unpacked(join(directory, file)));
    const field = (row: readonly string[], column: string) => row[header.indexOf(column)] ?? "";
    const templates = [...Map.groupBy(rows, (row) => field(row, "EventTemplate"))].map(([text, group]) => ({
      texts: [text, ...maskedBodies(group.map((row) => field(row, "Content")))],
      severity: commonest(group.map((row) => LEVELS[field(row, "Level").toUpperCase()] ?? 0)),
    }));
    return { name: `loghub_2k/${name}`, group: name.toLowerCase(), templates };
  });
}

/** Lists of templates without lines. */
export function tableSystems(data: string): System[] {
  const second = (path: string) =>
    parseCsv(readFileSync(join(data, path), "utf8"))
      .slice(1)
      .map((row) => row[1] ?? "");
  const lines = (path: string) => readFileSync(join(data, path), "utf8").trim().split("\n");
  const system = (name: string, group: string, texts: readonly string[]) => ({
    name,
    group,
    templates: texts.map((text) => ({ texts: [text.replaceAll("[*]", " <*> ").trim()], severity: 0 })),
  });
  return [
    system("hdfs/templates", "hdfs", second("hdfs/templates.csv")),
    system("bgl/node_sequences_templates", "bgl", second("bgl/node_sequences_templates.csv")),
    system("openstack/templates", "openstack", lines("openstack/templates.csv")),
  ];
}

const HDFS_LINE = /^\d{6} \d{6} \d+ (?<level>[A-Z]+) (?<body>.*)$/;
const BGL_LINE = /^\S+ \d+ \S+ \S+ \S+ \S+ \S+ \S+ (?<level>[A-Z]+) (?<body>.*)$/;
const OPENSTACK_LINE = /^(?<level>[A-Z]+) (?<body>.*)$/;
const IOTDB_LINE = /^(?:- )?\S+ \S+ \[.*?\] (?<level>[A-Z]+) +[^ ]+ - (?<body>.*)$/;

/** Raw logs, mined as the stage does it. */
export function minedSystems(data: string): System[] {
  const openstack = readdirSync(join(data, "openstack")).filter((name) => name.startsWith("raw_"));
  const runs = readdirSync(join(data, "multilog_iotdb"));
  const nodes = runs.flatMap((run) =>
    readdirSync(join(data, "multilog_iotdb", run))
      .filter((name) => name.startsWith("node"))
      .map((name) => join("multilog_iotdb", run, name)),
  );
  const system = (name: string, group: string, paths: readonly string[], pattern: RegExp) => ({
    name,
    group,
    templates: mined(paths.flatMap((path) => linesOf(join(data, path), pattern))),
  });
  return [
    system("hdfs/raw_2pct", "hdfs", ["hdfs/raw_2pct.log.gz"], HDFS_LINE),
    system("bgl/raw_first_10k", "bgl", ["bgl/raw_first_10k.log.gz"], BGL_LINE),
    system(
      "openstack/raw",
      "openstack",
      openstack.map((name) => join("openstack", name)),
      OPENSTACK_LINE,
    ),
    system("multilog_iotdb", "iotdb", nodes, IOTDB_LINE),
  ];
}

function linesOf(path: string, pattern: RegExp): Line[] {
  return unpacked(path)
    .split("\n")
    .flatMap((line) => {
      const { level = "", body } = pattern.exec(line)?.groups ?? {};
      return body === undefined ? [] : [{ body, severity: LEVELS[level] ?? 0 }];
    });
}

function mined(lines: readonly Line[]): Template[] {
  const miner = createTemplateMiner(templateConfig.parse({}));
  const groups = new Map<string, { text: string; bodies: Set<string>; severities: number[] }>();
  for (const { body, severity } of lines) {
    const { templateId, template } = miner.mine(body);
    const group = groups.get(templateId) ?? { text: template, bodies: new Set(), severities: [] };
    groups.set(templateId, group);
    group.text = template;
    group.severities.push(severity);
    if (group.bodies.size < LINES_PER_TEMPLATE) group.bodies.add(body);
  }
  return [...groups.values()]
    .filter(({ severities }) => severities.length >= MINED_LINES_MIN)
    .map(({ text, bodies, severities }) => ({
      texts: [text, ...maskedBodies([...bodies])],
      severity: commonest(severities),
    }));
}

function maskedBodies(bodies: readonly string[]): string[] {
  const masked = bodies.map((body) => maskBody(body, templateConfig.parse({})).tokens.join(" "));
  return [...new Set(masked)].slice(0, LINES_PER_TEMPLATE);
}

function commonest(severities: readonly number[]): number {
  const counts = Map.groupBy(severities, (severity) => severity);
  const [best = [0]] = [...counts].sort(([, a], [, b]) => b.length - a.length);
  return best[0];
}

function unpacked(path: string): string {
  return gunzipSync(readFileSync(path)).toString("utf8");
}
