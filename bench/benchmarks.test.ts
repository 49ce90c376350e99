import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { testData, testWith } from "../test/helpers/requirement.ts";

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

it.each(["wire.bench.ts", "transport.bench.ts", "detectors.bench.ts", "alerts.ts"])("%s runs", (file) =>
  runQuick(file),
);

testWith([testData()], "scoring-cost.bench.ts runs", async ([data]) =>
  runQuick("scoring-cost.bench.ts", data),
);

// Without a Collector it says so and measures logbert alone.
testWith([testData()], "stage.bench.ts runs", async ([data]) => runQuick("stage.bench.ts", data));
