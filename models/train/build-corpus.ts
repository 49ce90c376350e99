import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import { generateNormal } from "../../cli/generate/generate-normal.ts";
import { severityIndex } from "../../processor/detect/severity-index.ts";
import { textVector } from "../../processor/detect/text-vector.ts";
import { templateConfig } from "../../processor/template/config.ts";
import { createTemplateMiner } from "../../processor/template/create-template-miner.ts";

/** One system to learn from, as train.py reads it. */
interface System {
  readonly name: string;
  /** A unit vector for each template. */
  readonly vectors: readonly (readonly number[])[];
  /** The model's severity index of each template; absent when the data has no severities. */
  readonly severities?: readonly number[];
  /** Template indexes in the order of time, a session or a stream each. */
  readonly sequences: readonly (readonly number[])[];
  /** Whether the begin and the end of a sequence mean something. */
  readonly isSession: boolean;
}

const GENERATED_SEEDS = [11, 12, 13, 14];
const GENERATED_RECORDS = 60_000;

const { values } = parseArgs({
  options: {
    data: { type: "string", default: "../shared/data" },
    out: { type: "string", default: "corpus.json" },
  },
});
const corpus = [hdfs(values.data), bgl(values.data), ...GENERATED_SEEDS.map(generated)];
writeFileSync(values.out, JSON.stringify(corpus));
for (const { name, vectors, sequences } of corpus) {
  const events = sequences.reduce((sum, sequence) => sum + sequence.length, 0);
  process.stderr.write(
    `${name}: ${vectors.length} templates, ${sequences.length} sequences, ${events} events\n`,
  );
}

/** The 4,855 normal blocks that DeepLog and LogBERT train on. */
function hdfs(data: string): System {
  const templates = readFileSync(join(data, "hdfs/templates.csv"), "utf8").trim().split("\n").slice(1);
  return {
    name: "hdfs",
    vectors: templates.map((row) => rounded(row.slice(row.indexOf(",") + 1))),
    sequences: readSequences(join(data, "hdfs/deeplog_train_normal.txt.gz")).map((ids) =>
      ids.map((id) => id - 1),
    ),
    isSession: true,
  };
}

/** The normal node sequences from before the last fifth of the log. */
function bgl(data: string): System {
  const texts: string[] = [];
  const rows = readFileSync(join(data, "bgl/node_sequences_templates.csv"), "utf8").trim().split("\n");
  for (const row of rows.slice(1)) {
    const comma = row.indexOf(",");
    texts[Number(row.slice(0, comma))] = row.slice(comma + 1);
  }
  return {
    name: "bgl",
    vectors: Array.from(texts, (text) => rounded(text ?? "")),
    sequences: readSequences(join(data, "bgl/node_sequences_train_normal.txt.gz")),
    isSession: false,
  };
}

/** The streams of the services that `logbert generate` plays, without incidents. */
function generated(seed: number): System {
  const miner = createTemplateMiner(templateConfig.parse({}));
  const indexes = new Map<string, number>();
  const texts: string[] = [];
  const severities: number[] = [];
  const streams = new Map<string, number[]>();
  for (const record of generateNormal({ seed, records: GENERATED_RECORDS })) {
    const { templateId, template } = miner.mine(record.body);
    const index = indexes.get(templateId) ?? texts.length;
    indexes.set(templateId, index);
    texts[index] = template;
    severities[index] = severityIndex(record.severityNumber);
    const stream = `${record.service}/${record.instance}`;
    const sequence = streams.get(stream) ?? [];
    streams.set(stream, sequence);
    sequence.push(index);
  }
  return {
    name: `generated-${seed}`,
    vectors: texts.map(rounded),
    severities,
    sequences: [...streams.values()],
    isSession: false,
  };
}

function readSequences(path: string): number[][] {
  const lines = gunzipSync(readFileSync(path)).toString("utf8").trim().split("\n");
  return lines.map((line) => line.trim().split(/\s+/).map(Number));
}

function rounded(text: string): number[] {
  return Array.from(textVector(text), (value) => Number(value.toFixed(5)));
}
