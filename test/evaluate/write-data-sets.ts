import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";

/** Writes a file of lines, packed when its name ends in .gz. */
export function writeLines(directory: string, file: string, lines: readonly string[]): void {
  const path = join(directory, file);
  mkdirSync(dirname(path), { recursive: true });
  const text = lines.map((line) => `${line}\n`).join("");
  writeFileSync(path, file.endsWith(".gz") ? gzipSync(text) : text);
}

const repeat = (count: number, line: string) => Array.from({ length: count }, () => line);

/** HDFS in the published layout: 300 normal blocks train; 6 normal and 2 anomalous ones test. */
export function writeHdfs(directory: string): void {
  writeLines(directory, "hdfs/templates.csv", [
    "EventId,EventTemplate",
    "E1,[*]Receiving block[*]",
    "E2,[*]Received block[*]",
    "E3,[*]Exception, while serving[*]",
  ]);
  writeLines(directory, "hdfs/deeplog_train_normal.txt.gz", repeat(300, "1 2 1 2 1 2 1 2 1 2"));
  writeLines(directory, "hdfs/blocks_20pct.csv.gz", [
    "label,events",
    ...repeat(5, "0,1 2 1 2 1 2 1 2 1 2"),
    "1,3 3 3",
    "0,1 2 1 2 1 2 1 2 1 2 1 2",
  ]);
  writeLines(directory, "hdfs/deeplog_test_abnormal.txt.gz", ["1 3", "1 2 1 2 1 2 1 2 1 3"]);
}

/** Both BGL data sets; of the sequences the first 8,145 rows train. */
export function writeBgl(directory: string): void {
  writeLines(directory, "bgl/node_sequences_templates.csv", ["id,template", "0,idle", '1,"a, ""b"""']);
  writeLines(directory, "bgl/node_sequences_train_normal.txt.gz", repeat(250, "0 0 0"));
  writeLines(directory, "bgl/node_sequences_test_normal_half1.txt.gz", ["0 0", "0 0 0"]);
  writeLines(directory, "bgl/node_sequences_test_abnormal_half1.txt.gz", ["1 1"]);
  writeLines(directory, "bgl/sequences_first80pct.csv.gz", [
    "label,events",
    ...repeat(8_144, "0,1 2"),
    "1,9 9",
    "0,1 2",
    "1,9 9",
  ]);
}

/** Both OpenStack data sets, each with 4 machines that train and 3 that test. */
export function writeOpenstack(directory: string): void {
  writeLines(directory, "openstack/templates.csv", ["Creating image", "Deleting <*>", "Instance failed"]);
  for (const collection of ["loghub", "parisakalaki"]) {
    const file = (part: string) => `openstack/${collection}_${part}.txt.gz`;
    writeLines(directory, file("train"), ["vm1,1 2", "vm2,1 2", "vm3,1 1 2", "vm4,1 2"]);
    writeLines(directory, file("test_normal"), ["vm5,1 2", "vm6,1 1 2"]);
    writeLines(directory, file("test_abnormal"), ["vm7,1 3"]);
  }
}

const RUNS_OCTOBER = ["cpu", "memory", "io", "network2", "network3", "query", "shutdown"];
const RUNS_NOVEMBER = [
  "compaction",
  "flush",
  "export",
  "import",
  "multi_anomaly_single_node",
  "multi_anomaly_multi_node",
];

/** IoTDB: in each of 13 runs each of 6 nodes has two normal seconds and one in which a fault begins. */
export function writeIotdb(directory: string): void {
  for (const [i, run] of [...RUNS_OCTOBER, ...RUNS_NOVEMBER].entries()) {
    const time = `${i < RUNS_OCTOBER.length ? "2023-10-27" : "2023-11-18"} 10:${String(i).padStart(2, "0")}`;
    for (let node = 1; node <= 6; node++)
      writeLines(directory, `multilog_iotdb/${run}/node${node}.log.gz`, [
        `- ${time}:01,100 [main] INFO  o.a.Start:10 - Node 7 starts`,
        `- ${time}:01,900 [main] DEBUG o.a.Start:11 - listens on 10.0.0.1:6667`,
        `- ${time}:02,000 [main] INFO  o.a.Start:10 - Node 8 starts`,
        `- ${time}:03,000 [main] INFO  o.a.Start:10 - Node 9 starts`,
        `${time}:03,500 [w-1] ERROR o.a.Disk:99 - write failed`,
      ]);
  }
}
