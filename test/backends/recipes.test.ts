import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { collector, testWith } from "../helpers/requirement.ts";
import { recipe } from "../pipelines/pipeline.ts";
import { backendFile, codeOf } from "./documents.ts";
import { readSavedSearch } from "./saved-objects.ts";

const files = readdirSync(backendFile("."));
const direct = ["loki-direct.yaml", "victorialogs-direct.yaml"];
const recipes = files.filter((name) => name.endsWith(".yaml") && !direct.includes(name));
/** Their exporters are none of the tests' Collector's. */
const NOT_BUILT = ["elastic.yaml", "opensearch.yaml"];

/** A Collector that has them. */
const contrib = process.env["OTELCOL_CONTRIB_BIN"];

const patience = z.looseObject({
  sending_queue: z.unknown(),
  retry_on_failure: z.looseObject({ max_elapsed_time: z.number() }).optional(),
  retry: z.looseObject({ max_retries: z.number() }).optional(),
});
const overlay = z.strictObject({
  processors: z.record(z.string(), z.unknown()).default({}),
  exporters: z.record(z.string(), patience),
  service: z.strictObject({ pipelines: z.strictObject({ "logs/back": z.unknown() }) }),
});

describe("the recipes of docs/backends", () => {
  it.each(recipes)(
    "end the way back in one exporter, whose queue on disk blocks and never gives up: %s",
    (name) => {
      const { processors, exporters, service } = overlay.parse(
        parse(readFileSync(backendFile(name), "utf8")),
      );
      const [exporter = "", ...others] = Object.keys(exporters);
      expect(others).toEqual([]);
      expect(service.pipelines["logs/back"]).toEqual({
        receivers: ["otlp/scored"],
        processors: ["memory_limiter", ...Object.keys(processors)],
        exporters: [exporter],
      });
      expect(exporters[exporter]?.sending_queue).toMatchObject({
        storage: "file_storage",
        block_on_overflow: true,
      });
      const { retry_on_failure, retry } = exporters[exporter] ?? {};
      expect(retry_on_failure?.max_elapsed_time === 0 || (retry?.max_retries ?? 0) >= 1_000_000).toBe(true);
    },
  );

  it("each have a page, and the index links all", () => {
    const index = readFileSync(backendFile("README.md"), "utf8");
    const pages = files.filter((name) => name.endsWith(".md") && name !== "README.md");
    for (const page of pages) expect(index).toContain(`](${page})`);
    const texts = pages.map((page) => readFileSync(backendFile(page), "utf8"));
    for (const file of files.filter((name) => !name.endsWith(".md")))
      expect(
        texts.some((text) => text.includes(`](${file})`) || text.includes(`/${file}`)),
        file,
      ).toBe(true);
  });

  testWith([collector()], "go behind the configuration of a source", async ([otelcol = ""]) => {
    for (const name of recipes.filter((one) => !NOT_BUILT.includes(one))) expectValid(otelcol, name);
  });

  it.runIf(contrib !== undefined).each(NOT_BUILT)("go so with OTELCOL_CONTRIB_BIN: %s", (name) => {
    expectValid(contrib ?? "", name);
  });
});

describe("the saved searches", () => {
  it.each([
    ["opensearch-saved-search.ndjson", "lucene", codeOf("opensearch.md", "lucene")[0]],
    ["kibana-saved-search.ndjson", "kuery", codeOf("elastic.md", "kql")[0]],
  ])("are what is imported, and ask as the page does: %s", (name, language, query) => {
    const [pattern, search] = readSavedSearch(name);
    const { searchSourceJSON: source } = search.attributes.kibanaSavedObjectMeta;
    expect(source.query).toEqual({ language, query });
    expect(search.references[0]).toEqual({
      name: source.indexRefName,
      type: "index-pattern",
      id: pattern.id,
    });
  });
});

function expectValid(otelcol: string, name: string): void {
  const configs = ["--config", recipe("files"), "--config", backendFile(name)];
  const { status, stderr } = spawnSync(otelcol, ["validate", ...configs], { encoding: "utf8" });
  expect(stderr).toBe("");
  expect(status).toBe(0);
}
