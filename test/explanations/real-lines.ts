import { join } from "node:path";
import { parseIotdbLine } from "../../cli/evaluate/data/iotdb-line.ts";
import { readGzipLines } from "../../cli/evaluate/data/read-gzip-lines.ts";
import type { Line } from "./explain-lines.ts";

const NODES = [1, 2, 3, 4, 5, 6];
const SEVERITIES: Readonly<Record<string, number>> = { DEBUG: 5, INFO: 9, WARNING: 13, WARN: 13, ERROR: 17 };
const HDFS = /^(\d\d)(\d\d)(\d\d) (\d\d)(\d\d)(\d\d) \d+ (INFO|WARN) [^:]+: (.*)$/;
const NOVA = /^([A-Z]+) \S+ (?:\[req-\S+\] |\[-\] )?(.*)$/;
/** The lines of the OpenStack files have no times: about what they had together. */
const NOVA_LINE_MS = 200;

/** HDFS' lines in the order of time; a stream is a block. */
export async function hdfsLines(directory: string, linesMax: number): Promise<readonly Line[]> {
  const lines: Line[] = [];
  await readGzipLines(directory, "hdfs/raw_2pct.log.gz", (text) => {
    const [, year, month, day, hour, minute, second, level = "", body] = HDFS.exec(text) ?? [];
    if (body === undefined || lines.length === linesMax) return;
    const date = [2000 + Number(year), Number(month) - 1, Number(day)] as const;
    lines.push({
      timeMs: Date.UTC(...date, Number(hour), Number(minute), Number(second)),
      severityNumber: SEVERITIES[level] ?? 0,
      service: "hdfs",
      stream: /blk_-?\d+/.exec(body)?.[0] ?? "",
      body,
    });
  });
  return lines;
}

/** The lines of an Apache IoTDB cluster under one kind of fault, in the order of time; a stream is a node. */
export async function iotdbLines(directory: string, run: string): Promise<readonly Line[]> {
  const lines: Line[] = [];
  for (const node of NODES)
    await readGzipLines(directory, join("multilog_iotdb", run, `node${node}.log.gz`), (text) => {
      const parsed = parseIotdbLine(text);
      if (parsed === undefined) return;
      const { timeMs, severity, message } = parsed;
      const service = node <= 3 ? "confignode" : "datanode";
      lines.push({ timeMs, severityNumber: severity, body: message, service, stream: `node${node}` });
    });
  return lines.toSorted((a, b) => a.timeMs - b.timeMs);
}

/** OpenStack nova's lines; a stream is a machine. */
export async function novaLines(directory: string, file: string): Promise<readonly Line[]> {
  const lines: Line[] = [];
  await readGzipLines(directory, join("openstack", file), (text) => {
    const [, level = "", body] = NOVA.exec(text) ?? [];
    if (body === undefined) return;
    lines.push({
      timeMs: Date.UTC(2020, 0, 1) + lines.length * NOVA_LINE_MS,
      severityNumber: SEVERITIES[level] ?? 0,
      service: "nova",
      stream: /\[instance: ([0-9a-f-]+)\]/.exec(body)?.[1] ?? "",
      body,
    });
  });
  return lines;
}
