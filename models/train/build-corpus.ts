import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import { parseCsv } from "../../bench/parser-accuracy.ts";
import { DATA_SETS } from "../../cli/evaluate/data/data-sets.ts";
import type { Unit } from "../../cli/evaluate/evaluation-set.ts";
import { generateNormal } from "../../cli/generate/generate-normal.ts";
import type { GeneratedRecord } from "../../cli/generate/generated-record.ts";
import { severityIndex } from "../../processor/detect/severity-index.ts";
import { templateConfig } from "../../processor/template/config.ts";
import { createTemplateMiner } from "../../processor/template/create-template-miner.ts";

/** One sequence of events, as train_event_model.py reads it. */
interface Sequence {
  readonly ids: readonly number[];
  /** The model's severity index of each event. */
  readonly severities?: readonly number[];
  /** ln(1 + seconds since the event before) of each event. */
  readonly gaps?: readonly number[];
}

/** One system to learn from. */
interface System {
  readonly name: string;
  /** What is left out together in a leave-one-system-out model. */
  readonly family: string;
  readonly templates: readonly string[];
  readonly sequences: readonly Sequence[];
  /** Whether the begin and the end of a sequence mean something. */
  readonly isSession: boolean;
}

/** The evaluation's data sets by family; only their training units, which are normal, are read. */
const EVALUATED = {
  hdfs: "hdfs",
  "bgl-nodes": "bgl",
  "openstack-loghub": "openstack",
  "openstack-kalaki": "openstack",
  iotdb: "iotdb",
} as const;
const GENERATED_SEEDS = [11, 12, 13, 14];
const GENERATED_RECORDS = 60_000;
const GAP_DIGITS = 2;

const { values } = parseArgs({
  options: {
    data: { type: "string", default: "../shared/data" },
    out: { type: "string", default: "corpus.json" },
  },
});
const corpus = [
  ...(await evaluated(values.data)),
  ...sampled(values.data),
  ...GENERATED_SEEDS.flatMap(generated),
];
writeFileSync(values.out, JSON.stringify(corpus));
for (const { name, templates, sequences } of corpus) {
  const events = sequences.reduce((sum, { ids }) => sum + ids.length, 0);
  process.stderr.write(
    `${name}: ${templates.length} templates, ${sequences.length} sequences, ${events} events\n`,
  );
}

async function evaluated(data: string): Promise<System[]> {
  const systems: System[] = [];
  for (const [name, family] of Object.entries(EVALUATED)) {
    const set = await DATA_SETS[name as keyof typeof EVALUATED](data);
    systems.push({
      name,
      family,
      templates: set.templates,
      sequences: set.train.map(fromUnit),
      isSession: set.isSession,
    });
  }
  return systems;
}

function fromUnit({ events, severities, timesMs }: Unit): Sequence {
  return {
    ids: events,
    ...(severities === undefined ? {} : { severities: severities.map(severityIndex) }),
    ...(timesMs === undefined ? {} : { gaps: gapsOf(timesMs) }),
  };
}

/** loghub's 2,000 lines of each system, in their order, as one stream with the true templates. */
function sampled(data: string): System[] {
  return readdirSync(join(data, "loghub_2k")).map((system) => {
    const file = join(data, "loghub_2k", system, `${system}_2k.log_structured.csv.gz`);
    const [header = [], ...rows] = parseCsv(gunzipSync(readFileSync(file)).toString("utf8"));
    const at = header.indexOf("EventTemplate");
    const indexes = new Map<string, number>();
    const ids = rows
      .map((row) => row[at])
      .filter((text) => text !== undefined)
      .map((text) => {
        const known = indexes.get(text) ?? indexes.size;
        indexes.set(text, known);
        return known;
      });
    const family = system.toLowerCase();
    return {
      name: `${family}-2k`,
      family,
      templates: [...indexes.keys()],
      sequences: [{ ids }],
      isSession: false,
    };
  });
}

/** What `logbert generate` plays without incidents: the services' instances as streams, and their traces as sessions. */
function generated(seed: number): System[] {
  const records = generateNormal({ seed, records: GENERATED_RECORDS });
  const miner = createTemplateMiner(templateConfig.parse({}));
  const indexes = new Map<string, number>();
  const templates: string[] = [];
  const ids = records.map(({ body }) => {
    const { templateId, template } = miner.mine(body);
    const index = indexes.get(templateId) ?? templates.length;
    indexes.set(templateId, index);
    templates[index] = template;
    return index;
  });
  const family = "generated";
  const of = (key: (record: GeneratedRecord) => string | undefined): Sequence[] =>
    [...Map.groupBy(records.keys(), (index) => keyAt(records, index, key))]
      .filter(([name]) => name !== undefined)
      .map(([, group]) => ({
        ids: group.map((index) => ids[index] ?? 0),
        severities: group.map((index) => severityIndex(records[index]?.severityNumber ?? 0)),
        gaps: gapsOf(group.map((index) => records[index]?.timeMs ?? 0)),
      }));
  return [
    {
      name: `generated-${seed}-streams`,
      family,
      templates,
      sequences: of(({ service, instance }) => `${service}/${instance}`),
      isSession: false,
    },
    {
      name: `generated-${seed}-traces`,
      family,
      templates,
      sequences: of(({ service, traceId }) => (traceId === undefined ? undefined : `${service}/${traceId}`)),
      isSession: true,
    },
  ];
}

function keyAt(
  records: readonly GeneratedRecord[],
  index: number,
  key: (record: GeneratedRecord) => string | undefined,
): string | undefined {
  const record = records[index];
  return record === undefined ? undefined : key(record);
}

function gapsOf(timesMs: readonly number[]): number[] {
  return timesMs.map((timeMs, index) => {
    const gapMs = Math.max(0, timeMs - (timesMs[index - 1] ?? timeMs));
    return Number(Math.log1p(gapMs / 1000).toFixed(GAP_DIGITS));
  });
}
