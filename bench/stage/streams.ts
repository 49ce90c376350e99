import { parseIotdbLine } from "../../cli/evaluate/data/iotdb-line.ts";
import { readGzipLines } from "../../cli/evaluate/data/read-gzip-lines.ts";
import { readTemplates } from "../../cli/evaluate/data/read-templates.ts";

/** A record as a collector's file receiver with a parser hands it on. */
export interface Line {
  /** Value of service.instance.id; "" for none. */
  readonly instance: string;
  /** OTLP severity number. */
  readonly severity: number;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A real log, and how its user would tell its streams apart. */
export interface StreamSource {
  readonly service: string;
  readonly title: string;
  /** logbert's `window` settings. */
  readonly window: Readonly<Record<string, unknown>>;
  /** The first lines in the order of their arrival, at most `linesMax`. */
  read(directory: string, linesMax: number): Promise<readonly Line[]>;
}

export const STREAM_NAMES = ["hdfs", "bgl", "iotdb"] as const;
export type StreamName = (typeof STREAM_NAMES)[number];

/** The streams that the stage is measured with. */
export const STREAMS: Readonly<Record<StreamName, StreamSource>> = {
  hdfs: {
    service: "hdfs",
    title: "HDFS, in the order of time, a session for each block",
    // A day and a half of log goes by in seconds: a second without a line of the block is hours of the log.
    window: { type: "session", stream: { by: "pattern", pattern: "blk_-?\\d+" }, idle_ms: 1_000 },
    read: readHdfs,
  },
  bgl: {
    service: "bgl",
    title: "BGL, 64 nodes at a time",
    window: {},
    read: readBgl,
  },
  iotdb: {
    service: "iotdb",
    title: "IoTDB, six nodes, DEBUG, threads interleaved",
    window: {},
    read: readIotdb,
  },
};

const SEVERITIES: Readonly<Record<string, number>> = { INFO: 9, WARN: 13, ERROR: 17, FATAL: 21 };
const HDFS_LINE = /^\d+ \d+ (\d+) (\w+) ([^:]+): (.*)$/;

/** Over the end of the file it begins anew, with other blocks. */
async function readHdfs(directory: string, linesMax: number): Promise<readonly Line[]> {
  const lines: Line[] = [];
  await readGzipLines(directory, "hdfs/raw_2pct.log.gz", (text) => {
    const [, thread = "", level = "", logger = "", body = ""] = HDFS_LINE.exec(text) ?? [];
    const attributes = { "thread.id": thread, "code.namespace": logger, "log.file.name": "hadoop.log" };
    if (lines.length < linesMax)
      lines.push({ instance: "", severity: SEVERITIES[level] ?? 0, body, attributes });
  });
  const laps = Math.ceil(linesMax / lines.length);
  return Array.from({ length: laps }, (_, lap) =>
    lap === 0
      ? lines
      : lines.map((line) => ({ ...line, body: line.body.replace(/blk_-?\d+/g, (id) => `${id}${lap}`) })),
  )
    .flat()
    .slice(0, linesMax);
}

const BGL_NORMAL = "bgl/node_sequences_test_normal_half1.txt.gz";
const BGL_ABNORMAL = "bgl/node_sequences_test_abnormal_half1.txt.gz";
/** The normal sequences for each one with an alert, as the data set has them. */
const NORMAL_FOR_EACH_ABNORMAL = 14;
const NODES_AT_A_TIME = 64;

/** Real sequences of events; their texts are the templates, with numbers in the place of the parameters that the data set lacks. */
async function readBgl(directory: string, linesMax: number): Promise<readonly Line[]> {
  const templates = await readTemplates(directory, "bgl/node_sequences_templates.csv", 0);
  const normal: string[] = [];
  const abnormal: string[] = [];
  await readGzipLines(directory, BGL_NORMAL, (text) => normal.push(text));
  await readGzipLines(directory, BGL_ABNORMAL, (text) => abnormal.push(text));
  const sequences = abnormal.flatMap((sequence, i) => [
    ...normal.slice(i * NORMAL_FOR_EACH_ABNORMAL, (i + 1) * NORMAL_FOR_EACH_ABNORMAL),
    sequence,
  ]);
  const lines: Line[] = [];
  for (const { node, event } of takeTurns(sequences, NODES_AT_A_TIME)) {
    if (lines.length >= linesMax) break;
    const number = () => String((lines.length * 2_654_435_761) % 65_521);
    lines.push({
      instance: `R${node}`,
      severity: 9,
      body: (templates[event] ?? "").replaceAll("<*>", number),
      attributes: { "log.facility": "KERNEL", "log.file.name": "ras.log" },
    });
  }
  return lines;
}

/** One event of each open sequence in turn; an ended one makes room for the next. */
function* takeTurns(sequences: readonly string[], atATime: number) {
  const waiting = sequences.entries();
  const open: { readonly node: number; readonly events: Iterator<string> }[] = [];
  for (;;) {
    while (open.length < atATime) {
      const next = waiting.next();
      if (next.done) break;
      const [node, text] = next.value;
      open.push({ node, events: text.trim().split(/\s+/)[Symbol.iterator]() });
    }
    if (open.length === 0) return;
    for (const sequence of [...open]) {
      const event = sequence.events.next();
      if (event.done) open.splice(open.indexOf(sequence), 1);
      else yield { node: sequence.node, event: Number(event.value) };
    }
  }
}

const IOTDB_RUNS = ["cpu", "memory", "io", "network2", "network3", "query", "shutdown"];
const IOTDB_NODES = ["node1", "node2", "node3", "node4", "node5", "node6"];
const IOTDB_ORIGIN = /\[(.*?)\] \S+ +(\S+?):/;

async function readIotdb(directory: string, linesMax: number): Promise<readonly Line[]> {
  const lines: Line[] = [];
  for (const run of IOTDB_RUNS) {
    if (lines.length >= linesMax) break;
    const ofRun: { readonly timeMs: number; readonly line: Line }[] = [];
    for (const instance of IOTDB_NODES)
      await readGzipLines(directory, `multilog_iotdb/${run}/${instance}.log.gz`, (text) => {
        const parsed = parseIotdbLine(text);
        const [, thread = "", logger = ""] = IOTDB_ORIGIN.exec(text) ?? [];
        const attributes = { "thread.name": thread, "code.namespace": logger, "log.file.name": "all.log" };
        if (parsed !== undefined)
          ofRun.push({
            timeMs: parsed.timeMs,
            line: { instance, severity: parsed.severity, body: parsed.message, attributes },
          });
      });
    lines.push(...ofRun.sort((a, b) => a.timeMs - b.timeMs).map(({ line }) => line));
  }
  return lines.slice(0, linesMax);
}
