import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseIotdbLine } from "../../cli/evaluate/data/iotdb-line.ts";
import { readGzipLines } from "../../cli/evaluate/data/read-gzip-lines.ts";

/** A line of a log with what is known of it. */
export interface LabelledLine {
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  /** Value of service.instance.id. */
  readonly instance: string;
  /** OTLP severity number. */
  readonly severity: number;
  readonly body: string;
  /** Of an anomalous block, or written while a fault was active. */
  readonly isLabelled: boolean;
  /** What was labelled as a whole: the line's block, or the run of which one fault is told. */
  readonly unit: string;
}

const SEVERITIES: Readonly<Record<string, number>> = { INFO: 9, WARN: 13, ERROR: 17, FATAL: 21 };
const HDFS_LINE = /^(\d\d)(\d\d)(\d\d) (\d\d)(\d\d)(\d\d) \d+ (\w+) [^:]+: (.*)$/;

/** The 2 % sample of HDFS in the order of time; a line is labelled where its block is anomalous. */
export async function readHdfsLines(directory: string): Promise<readonly LabelledLine[]> {
  const rows = readFileSync(join(directory, "hdfs/raw_2pct_labels.csv"), "utf8").split(/\r?\n/);
  const anomalous = new Set(rows.filter((row) => row.endsWith(",Anomaly")).map((row) => row.split(",")[0]));
  const blocks: string[] = [];
  await readGzipLines(directory, "hdfs/raw_2pct_line_blocks.txt.gz", (block) => blocks.push(block));
  const lines: LabelledLine[] = [];
  await readGzipLines(directory, "hdfs/raw_2pct.log.gz", (text, line) => {
    const [, year, month, day, hour, minute, second, level = "", body = ""] = HDFS_LINE.exec(text) ?? [];
    const date = [2000 + Number(year), Number(month) - 1, Number(day)] as const;
    lines.push({
      timeMs: Date.UTC(...date, Number(hour), Number(minute), Number(second)),
      instance: "",
      severity: SEVERITIES[level] ?? 0,
      body,
      isLabelled: anomalous.has(blocks[line - 1]),
      unit: blocks[line - 1] ?? "",
    });
  });
  return lines;
}

const IOTDB_RUNS = [
  "cpu",
  "memory",
  "io",
  "network2",
  "network3",
  "query",
  "shutdown",
  "compaction",
  "flush",
  "export",
  "import",
  "multi_anomaly_single_node",
  "multi_anomaly_multi_node",
];
const IOTDB_NODES = ["node1", "node2", "node3", "node4", "node5", "node6"];

/** The 13 runs of IoTDB, each in the order of time, six nodes interleaved; a line is labelled where a fault was active. */
export async function readIotdbLines(directory: string): Promise<readonly LabelledLine[]> {
  const lines: LabelledLine[] = [];
  for (const run of IOTDB_RUNS) {
    const ofRun: LabelledLine[] = [];
    for (const instance of IOTDB_NODES)
      await readGzipLines(directory, `multilog_iotdb/${run}/${instance}.log.gz`, (text) => {
        const parsed = parseIotdbLine(text);
        if (parsed === undefined) return;
        const { timeMs, severity, message: body, isFault: isLabelled } = parsed;
        ofRun.push({ timeMs, instance, severity, body, isLabelled, unit: run });
      });
    for (const line of ofRun.toSorted((one, other) => one.timeMs - other.timeMs)) lines.push(line);
  }
  return lines;
}
