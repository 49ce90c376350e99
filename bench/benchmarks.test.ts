import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { collector, kafka, kcat, testData, testWith } from "../test/helpers/requirement.ts";
import { temporaryDirectory } from "../test/helpers/temporary-directory.ts";
import { postgres } from "../test/postgres/postgres-server.ts";

/** Runs a benchmark with next to nothing to do: what it measures then means nothing, but that it measures does. */
function runQuick(file: string, data?: string): void {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [`bench/${file}`, "--quick", ...(data === undefined ? [] : ["--data", data])],
    { encoding: "utf8", cwd: `${import.meta.dirname}/..` },
  );
  expect(status, stderr).toBe(0);
  expect(stdout).toMatch(/\d/);
}

it.each([
  "wire.bench.ts",
  "redaction.bench.ts",
  "transport.bench.ts",
  "detectors.bench.ts",
  "alerts.ts",
  "releases.ts",
  "cost-curves.bench.ts",
  "bert.bench.ts",
  "memory.bench.ts",
  "training-latency.bench.ts",
  "slider.bench.ts",
  "feedback.bench.ts",
  "canaries.bench.ts",
  "preview.bench.ts",
  "api-load.bench.ts",
  "soak.ts",
])("%s runs", (file) => runQuick(file));

it.each([
  "bench/parser-accuracy.ts",
  "bench/scaling.ts",
  "bench/thinning.ts",
  "bench/thinning-cost.bench.ts",
  "bench/scoring-cost.bench.ts",
  "bench/stage.bench.ts",
  "bench/replicas.bench.ts",
  "bench/canaries.bench.ts",
  "test/privacy/report-public.ts",
])("%s says in a sentence that the public logs are missing, and where they were looked for", (file) => {
  const { status, stderr } = spawnSync(process.execPath, [file], {
    encoding: "utf8",
    cwd: `${import.meta.dirname}/..`,
    env: { ...process.env, LOGBERT_TEST_DATA: "/nowhere" },
  });
  expect(stderr).toMatch(/^This needs the labelled public logs.*\/nowhere; .*LOGBERT_TEST_DATA=.*\n$/);
  expect(status).toBe(2);
});

testWith([testData()], "scoring-cost.bench.ts runs", async ([data]) =>
  runQuick("scoring-cost.bench.ts", data),
);

testWith([postgres()], "store.bench.ts runs", async () => runQuick("store.bench.ts"));

testWith([postgres()], "everywhere.bench.ts runs", async () => runQuick("everywhere.bench.ts"));

testWith([kafka(), kcat()], "kafka.bench.ts runs", async () => runQuick("kafka.bench.ts"));

testWith([testData()], "scaling.ts runs", async ([data]) => runQuick("scaling.ts", data));

testWith([testData(), postgres(), collector()], "replicas.bench.ts runs", async ([data]) =>
  runQuick("replicas.bench.ts", data),
);

testWith([testData()], "thinning.ts runs", async ([data]) => runQuick("thinning.ts", data));

testWith([testData()], "thinning-cost.bench.ts runs", async ([data]) =>
  runQuick("thinning-cost.bench.ts", data),
);

// Without a Collector it says so and measures logbert alone.
testWith([testData()], "stage.bench.ts runs", async ([data]) => runQuick("stage.bench.ts", data));

it("one command runs them one after the other and fills their blocks of the results", () => {
  const file = join(temporaryDirectory("bench-results"), "RESULTS.md");
  writeFileSync(file, "# Measurements\n\nBy hand.\n");
  const args = ["bench/all.ts", "--quick", "--only", "wire", "--only", "detectors", "--out", file];
  const { status, stderr } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    cwd: `${import.meta.dirname}/..`,
  });
  expect(status, stderr).toBe(0);
  const written = readFileSync(file, "utf8");
  expect(written).toMatch(/^# Measurements\n\nBy hand\.\n/);
  expect(written).toMatch(/generated: wire\.bench\.ts -->.*µs a record.*end of wire\.bench\.ts/s);
  expect(written).toMatch(/generated: detectors\.bench\.ts -->.*Node \d+.*end of detectors\.bench\.ts/s);
});
