import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { ScoringBatch } from "../../processor/detect/event-scorer.ts";
import { readModelDirectory } from "../../processor/inference/model-directory.ts";
import { probeScorer } from "../../processor/inference/probe-scorer.ts";
import { createSwappableScorer } from "../../processor/inference/swappable-scorer.ts";
import { startScorer } from "../../processor/inference/worker-client.ts";
import { SHIPPED_MODEL, SHIPPED_VERSION } from "../helpers/shipped-model.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";

function copyNamed(version: string): string {
  const copy = join(temporaryDirectory("model"), "model");
  cpSync(SHIPPED_MODEL, copy, { recursive: true });
  const config = JSON.parse(readFileSync(join(copy, "config.json"), "utf8"));
  writeFileSync(join(copy, "config.json"), JSON.stringify({ ...config, version }));
  return copy;
}

const start = (directory: string) =>
  startScorer(readModelDirectory(directory), {
    threads: 1,
    maxWaitingRows: 10_000,
    onDeath: () => undefined,
  });

const batch = (rows: number): ScoringBatch => ({
  table: { vectors: new Float32Array(256).fill(1 / 16), residuals: undefined },
  rows: Array.from({ length: rows }, () => ({ ids: [0], codes: [0], begins: false })),
});

it("finishes with the old weights what they were handed, and hands all else to the new ones", async () => {
  const scorer = createSwappableScorer(await start(SHIPPED_MODEL));
  const next = await start(copyNamed("next"));
  await probeScorer(next);
  const signal = AbortSignal.timeout(60_000);
  const before = [1, 200, 3].map((rows) => scorer.score(batch(rows), signal));
  expect(scorer.version).toBe(SHIPPED_VERSION);
  const closed = scorer.replace(next);
  expect(scorer.version).toBe("next");
  const after = [4, 5].map((rows) => scorer.score(batch(rows), signal));
  const scores = await Promise.all([...before, ...after]);
  expect(scores.map(({ length }) => length)).toEqual([1, 200, 3, 4, 5]);
  await closed;
  await scorer.close();
  await expect(scorer.score(batch(1), signal)).rejects.toThrow(/not running/);
});

it("is not handed weights that give no number", async () => {
  const scorer = {
    version: "broken",
    encoder: { dimensions: 2, encode: async () => [new Float32Array(2), new Float32Array(2)] },
    score: async () => [new Float32Array(3).fill(Number.NaN)],
  };
  await expect(probeScorer(scorer)).rejects.toThrow(/broken give NaN/);
});
