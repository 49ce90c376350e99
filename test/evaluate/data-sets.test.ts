import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { assertNoLeak } from "../../cli/evaluate/assert-no-leak.ts";
import { DATA_SETS, type DataSetName } from "../../cli/evaluate/data/data-sets.ts";
import { UsageError } from "../../cli/exit-code.ts";
import { testData, testWith } from "../helpers/requirement.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { writeBgl, writeHdfs, writeIotdb, writeLines, writeOpenstack } from "./write-data-sets.ts";

let data: string;
beforeAll(() => {
  data = temporaryDirectory("logbert-data");
  for (const write of [writeHdfs, writeBgl, writeOpenstack, writeIotdb]) write(data);
});

test("HDFS: DeepLog's blocks train, the sample's normal blocks weigh as many as the full set has", async () => {
  const set = await DATA_SETS.hdfs(data);
  expect(set.templates[2]).toBe("<*>Exception, while serving<*>");
  expect(set.train).toHaveLength(300);
  expect(set.train[0]?.events).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 0, 1]);
  expect(set.test).toHaveLength(8);
  expect(set.test[7]).toMatchObject({ source: { file: "hdfs/deeplog_test_abnormal.txt.gz", fromLine: 2 } });
  const { isAnomaly, weights } = set.truth.open();
  expect([...isAnomaly]).toEqual([0, 0, 0, 0, 0, 0, 1, 1]);
  expect(weights[0]).toBeCloseTo(553_366 / 111_648, 12);
  expect(weights[6]).toBe(1);
});

test("BGL: nodes as split by their files, sequences by their rows", async () => {
  const nodes = await DATA_SETS["bgl-nodes"](data);
  expect(nodes.templates).toEqual(["idle", 'a, "b"']);
  expect([nodes.train.length, nodes.test.length]).toEqual([250, 3]);
  const sequences = await DATA_SETS["bgl-sequences"](data);
  expect([sequences.train.length, sequences.test.length]).toEqual([8_144, 2]);
  expect([...sequences.truth.open().isAnomaly]).toEqual([0, 1]);
  expect(sequences.templates[17]).toBe("event 17");
});

test("OpenStack: one session for each machine", async () => {
  const set = await DATA_SETS["openstack-kalaki"](data);
  expect(set.train.map(({ session }) => session)).toEqual(["vm1", "vm2", "vm3", "vm4"]);
  expect(set.test.at(-1)?.events).toEqual([0, 2]);
});

test("IoTDB: seconds of nodes, October trains without its faults, November tests with times, severities and parameters", async () => {
  const set = await DATA_SETS.iotdb(data);
  expect([set.train.length, set.test.length]).toEqual([7 * 6 * 2, 6 * 6 * 3]);
  expect(set.train[0]).toMatchObject({
    stream: "node1",
    timesMs: [Date.UTC(2023, 9, 27, 10, 0, 1, 100), Date.UTC(2023, 9, 27, 10, 0, 1, 900)],
    severities: [9, 5],
    parameters: [["7"], ["10.0.0.1:6667"]],
    source: { file: "multilog_iotdb/cpu/node1.log.gz", fromLine: 1, toLine: 2 },
  });
  expect(set.templates).toEqual(["Node <NUM> starts", "listens on <IP>", "write failed"]);
  expect([...set.truth.open().isAnomaly].slice(0, 6)).toEqual([0, 0, 1, 0, 0, 1]);
});

test.each(Object.keys(DATA_SETS) as DataSetName[])("%s does not leak", async (name) => {
  expect(assertNoLeak(await DATA_SETS[name](data)).distinctTest).toBeGreaterThan(0);
});

describe("data that cannot be used are refused with file, line and remedy", () => {
  test.each<[string, (directory: string) => void, DataSetName, string]>([
    ["a missing file", () => undefined, "hdfs", "hdfs/templates.csv: is missing"],
    [
      "an unknown event",
      (directory) => {
        writeHdfs(directory);
        writeLines(directory, "hdfs/deeplog_train_normal.txt.gz", ["1 2", "1 4"]);
      },
      "hdfs",
      'hdfs/deeplog_train_normal.txt.gz, line 2: "4" is no event id from 1 to 3',
    ],
    [
      "a wrong label",
      (directory) => {
        writeHdfs(directory);
        writeLines(directory, "hdfs/blocks_20pct.csv.gz", ["label,events", "2,1 2"]);
      },
      "hdfs",
      'hdfs/blocks_20pct.csv.gz, line 2: must be "0,events" or "1,events"',
    ],
    [
      "an empty file",
      (directory) => {
        writeBgl(directory);
        writeLines(directory, "bgl/node_sequences_train_normal.txt.gz", []);
      },
      "bgl-nodes",
      "node_sequences_train_normal.txt.gz: is empty",
    ],
    [
      "templates out of order",
      (directory) => {
        writeBgl(directory);
        writeLines(directory, "bgl/node_sequences_templates.csv", ["id,template", "1,idle"]);
      },
      "bgl-nodes",
      'node_sequences_templates.csv, line 2: must be "0,template"',
    ],
    [
      "a file that is not packed",
      (directory) => {
        writeOpenstack(directory);
        writeFileSync(join(directory, "openstack/loghub_train.txt.gz"), "vm1,1 2\n");
      },
      "openstack-loghub",
      "openstack/loghub_train.txt.gz, line 1: is no whole gzip file",
    ],
    [
      "a file that is cut",
      (directory) => {
        writeOpenstack(directory);
        const path = join(directory, "openstack/loghub_train.txt.gz");
        writeFileSync(path, readFileSync(path).subarray(0, -12));
      },
      "openstack-loghub",
      "is no whole gzip file",
    ],
    [
      "a line without an instance",
      (directory) => {
        writeOpenstack(directory);
        writeLines(directory, "openstack/loghub_test_normal.txt.gz", ["1 2"]);
      },
      "openstack-loghub",
      'loghub_test_normal.txt.gz, line 1: must be "instance,events"',
    ],
    [
      "a line without a time",
      (directory) => {
        writeIotdb(directory);
        writeLines(directory, "multilog_iotdb/flush/node3.log.gz", ["- hello"]);
      },
      "iotdb",
      "flush/node3.log.gz, line 1: must be",
    ],
  ])("%s", async (_, prepare, name, problem) => {
    const directory = temporaryDirectory("logbert-broken-data");
    prepare(directory);
    const reading = DATA_SETS[name](directory);
    await expect(reading).rejects.toThrow(UsageError);
    await expect(reading).rejects.toThrow(problem);
    await expect(reading).rejects.toThrow("name with --data");
  });
});

testWith(
  [testData()],
  "the real data sets have the counts of their description, and do not leak",
  async ([path]) => {
    const counts: Readonly<Record<DataSetName, readonly number[]>> = {
      hdfs: [4_855, 16_838, 111_648],
      "bgl-nodes": [10_440, 2_338, 31_728],
      "bgl-sequences": [5_051, 2_883, 5_262],
      "openstack-loghub": [19, 198, 1_852],
      "openstack-kalaki": [50, 651, 4_895],
      iotdb: [630, 528, 651],
    };
    for (const name of Object.keys(DATA_SETS) as DataSetName[]) {
      const set = await DATA_SETS[name](path ?? "");
      assertNoLeak(set);
      const anomalies = set.truth.open().isAnomaly.reduce((sum, label) => sum + label, 0);
      expect([name, set.train.length, anomalies, set.test.length - anomalies]).toEqual([
        name,
        ...counts[name],
      ]);
    }
  },
);
