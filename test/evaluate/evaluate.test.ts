import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { BASELINES } from "../../cli/evaluate/baselines/baselines.ts";
import { runEvaluate } from "../../cli/evaluate.ts";
import { exitCodeFor, UsageError } from "../../cli/exit-code.ts";
import { scriptedIo } from "../generate/scripted-io.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { writeBgl, writeHdfs, writeIotdb, writeOpenstack } from "./write-data-sets.ts";

let data: string;
beforeAll(() => {
  data = temporaryDirectory("logbert-evaluate");
  for (const write of [writeHdfs, writeBgl, writeOpenstack, writeIotdb]) write(data);
});

async function evaluate(options: Readonly<Record<string, unknown>>) {
  const { io, printed, told } = scriptedIo({ beginMs: 0 });
  await runEvaluate({ data, ...options }, io, () => BASELINES);
  return { printed: printed.join(""), told };
}

test("--json prints the rows of the contract: each detector with both kinds of threshold", async () => {
  const { printed } = await evaluate({ dataset: "hdfs", json: true, seeds: "2" });
  const rows: unknown = JSON.parse(printed);
  expect(rows).toContainEqual(
    expect.objectContaining({
      dataset: "hdfs",
      detector: "new event",
      threshold: "calibrated",
      precision: 1,
      recall: 1,
      f1: 1,
      auprc: 1,
      auroc: 1,
      falsePositiveRate: 0,
      anomalies: 2,
      normals: 6,
      seeds: 1,
    }),
  );
  expect(rows).toContainEqual(expect.objectContaining({ detector: "random", threshold: "oracle", seeds: 2 }));
});

test("the report has both tracks, the baselines and what others have published", async () => {
  const { printed, told } = await evaluate({ dataset: "hdfs", seeds: "1" });
  expect(printed).toContain("train 300 normal units; test 2 anomalies and 6 normal units");
  expect(printed).toMatch(
    /### Track B, honest: thresholds from normal data alone[^#]*\| new event +\| +1\.0000/,
  );
  expect(printed).toMatch(
    /### Track A, leaky: oracle thresholds[^#]*10 or more events[^#]*\| new event +\| +1\.0000/,
  );
  expect(printed).toContain("LogBERT, own paper (IJCNN 2021): F1 82.3");
  expect(told).toContain("hdfs: new event, seed 1");
});

test("all data sets come one after the other; what has no times gets no inter-arrival row", async () => {
  const { printed } = await evaluate({ dataset: "all", seeds: "1", json: true });
  const rows: readonly { readonly dataset: string; readonly detector: string }[] = JSON.parse(printed);
  expect([...new Set(rows.map(({ dataset }) => dataset))]).toEqual([
    "hdfs",
    "bgl-nodes",
    "bgl-sequences",
    "openstack-loghub",
    "openstack-kalaki",
    "iotdb",
  ]);
  const timed = rows.filter(({ detector }) => detector === "inter-arrival times");
  expect(timed.map(({ dataset }) => dataset)).toEqual(["iotdb", "iotdb"]);
});

test("--robustness shows what a changed test costs", async () => {
  const { printed } = await evaluate({ dataset: "hdfs", robustness: true, detectors: "new event, length" });
  for (const kind of ["edited templates", "edited sequences", "unseen benign templates", "parser noise"])
    expect(printed).toContain(`### ${kind}`);
  expect(printed).not.toContain("### triple load");
  expect(printed).toMatch(/\| new event +\| +1\.0000, 0 % \|/);
});

test("--robustness triples the load where there are times", async () => {
  const { printed } = await evaluate({
    dataset: "iotdb",
    robustness: true,
    detectors: "new event",
    seeds: "1",
  });
  expect(printed).toContain("### triple load");
});

test("--contamination shows what unnoticed anomalies in training cost", async () => {
  const { printed } = await evaluate({ dataset: "iotdb", contamination: true, detectors: "new event" });
  expect(printed).toContain("## iotdb: anomalies among the training units");
  expect(printed).toContain("1 % (1 unit)");
  const { printed: json } = await evaluate({
    dataset: "iotdb",
    contamination: true,
    detectors: "new event",
    json: true,
  });
  const rows: readonly { readonly dataset: string; readonly anomalies: number }[] = JSON.parse(json);
  expect([...new Set(rows.map(({ dataset, anomalies }) => `${dataset}: ${anomalies}`))]).toEqual([
    "iotdb: 34",
    "iotdb, 1 % of the training anomalous: 34",
    "iotdb, 2 % of the training anomalous: 34",
  ]);
});

test("a set that is too short for a cold start is refused", async () => {
  await expect(evaluate({ dataset: "bgl-nodes", coldStart: true })).rejects.toThrow(
    "bgl-nodes: its test ends before 10000 events have been learned",
  );
});

test("the program leaves with 2 when data are missing, and says which and what to do", () => {
  const executable = join(import.meta.dirname, "../../bin/logbert.js");
  const { status, stderr, stdout } = spawnSync(
    process.execPath,
    [executable, "evaluate", "--dataset", "hdfs", "--data", temporaryDirectory("logbert-no-data")],
    { encoding: "utf8" },
  );
  expect(status).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toContain("hdfs/templates.csv: is missing; name with --data a directory");
});

test("a detector whose model is missing ends the command before anything is read or computed", async () => {
  const { io, told } = scriptedIo({ beginMs: 0 });
  const error = await runEvaluate({ dataset: "all", data, model: "/no/such/model" }, io).catch(
    (one: unknown) => one,
  );
  expect(error).toMatchObject({
    name: "ModelError",
    message: expect.stringContaining("/no/such/model/config.json cannot be read"),
    remedy: expect.stringContaining("--model"),
  });
  expect(exitCodeFor(error)).toBe(2);
  expect(told).toEqual([]);
});

test.each([
  [{ dataset: "bgl" }, "--dataset: must be all or one of hdfs"],
  [{ dataset: "hdfs", seeds: "0" }, "--seeds: must be a whole number from 1 to 100"],
  [{ dataset: "hdfs", seeds: "1.5" }, "--seeds: must be a whole number from 1 to 100"],
  [{ dataset: "hdfs", detectors: "lstm" }, '"lstm" is none; there are new event'],
  [{ dataset: "hdfs", robustness: true, coldStart: true }, "cannot go together"],
  [{ dataset: "hdfs", contamination: true, coldStart: true }, "cannot go together"],
])("wrong options %j are refused", async (options, problem) => {
  await expect(evaluate(options)).rejects.toThrow(UsageError);
  await expect(evaluate(options)).rejects.toThrow(problem);
});
