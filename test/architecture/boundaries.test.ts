import { spawnSync } from "node:child_process";
import { cpSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";

const repository = join(import.meta.dirname, "../..");
const sources = ["processor", "api", "store", "cli", "ui"];

/** A file that must not pass the check, and the rule that must name it. */
const violations: readonly (readonly [rule: string, file: string, source: string])[] = [
  [
    "processor-wire-looks-ahead",
    "processor/wire/planted.ts",
    'export type { Detector } from "../detect/detector.ts";',
  ],
  [
    "processor-enrich-looks-ahead",
    "processor/enrich/planted.ts",
    'export { createSinkForwarder } from "../forward/sink.ts";',
  ],
  [
    "nobody-above-the-pipeline",
    "processor/forward/planted.ts",
    'export { processRequest } from "../pipeline.ts";',
  ],
  [
    "halves-meet-in-store",
    "api/planted.ts",
    'export type { Verdict } from "../processor/calibrate/verdict.ts";',
  ],
  ["store-knows-nobody", "store/planted.ts", 'export { loadConfig } from "../cli/load-config.ts";'],
  [
    "only-cli-composes",
    "processor/telemetry/planted.ts",
    'export { loadConfig } from "../../cli/load-config.ts";',
  ],
  ["ui-over-the-wire", "ui/planted.ts", 'export type { Anomaly } from "../store/store.ts";'],
  ["io-at-the-edges", "processor/template/planted.ts", 'export { readFileSync } from "node:fs";'],
  [
    "one-file-for--better-sqlite3-pg-",
    "store/planted-2.ts",
    'export { default as sqlite } from "better-sqlite3";',
  ],
  [
    "one-file-for-onnxruntime-node-",
    "processor/inference/planted.ts",
    'export { Tensor } from "onnxruntime-node";',
  ],
  ["nothing-unresolved", "store/planted-3.ts", 'export { nothing } from "./not-there.ts";'],
  ["no-orphans", "store/planted-4.ts", "export const planted = 1;"],
];

describe("the import rules of the house", () => {
  let report: Report;

  beforeAll(() => {
    const tree = temporaryDirectory("logbert-boundaries");
    for (const folder of sources) {
      cpSync(join(repository, folder), join(tree, folder), {
        recursive: true,
        filter: (path) => !path.includes("node_modules"),
      });
    }
    for (const file of [".dependency-cruiser.mjs", "tsconfig.json", "package.json"]) {
      cpSync(join(repository, file), join(tree, file));
    }
    symlinkSync(join(repository, "node_modules"), join(tree, "node_modules"));
    for (const [, file, source] of violations) writeFileSync(join(tree, file), `${source}\n`);
    report = cruise(tree);
  });

  test.each(violations)("%s catches %s", (rule, file) => {
    expect(report.rulesFor(file)).toContain(rule);
  });

  test("the tree itself breaks none", () => {
    expect(cruise(repository).all).toEqual([]);
  });
});

interface Report {
  readonly all: readonly { readonly rule: string; readonly from: string }[];
  rulesFor(file: string): readonly string[];
}

function cruise(directory: string): Report {
  const binary = join(repository, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
  const run = spawnSync(
    process.execPath,
    [binary, "--config", ".dependency-cruiser.mjs", "--output-type", "err-long", "--no-progress", ...sources],
    { cwd: directory, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
  );
  const all = [...run.stdout.matchAll(/(?:error|warn) ([\w-]+): (\S+)/g)].map(([, rule = "", from = ""]) => ({
    rule,
    from,
  }));
  if (!/\d+ modules/.test(run.stdout))
    throw new Error(`dependency-cruiser did not run: ${run.stdout}${run.stderr}`);
  return { all, rulesFor: (file: string) => all.filter(({ from }) => from === file).map(({ rule }) => rule) };
}
