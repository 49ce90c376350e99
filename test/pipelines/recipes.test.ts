import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { forwardConfig } from "../../processor/forward/config.ts";
import { collector, testWith } from "../helpers/requirement.ts";
import { argumentsOf, recipe } from "./pipeline.ts";

const repository = join(import.meta.dirname, "../..");
const pages = join(repository, "docs/pipelines");
/** Without receivers that the tests' Collector lacks: see cloud.test.ts. */
const CLOUDS = ["cloudwatch", "google-cloud"];
const FLUENT_BIT = ["fluent-bit", "fluent-bit-back"];
/** Whose receivers note how far they have read. */
const CHECKPOINTED = ["otel-collector-config", "files", "kubernetes", "journald"];
const names = readdirSync(pages)
  .filter((file) => file.endsWith(".yaml"))
  .map((file) => file.slice(0, -".yaml".length))
  .filter((name) => !FLUENT_BIT.includes(name));

const config = z.object({
  extensions: z.record(z.string(), z.unknown()),
  receivers: z.record(z.string(), z.unknown()),
  processors: z.record(z.string(), z.unknown()),
  exporters: z.record(z.string(), z.unknown()),
  service: z.object({
    telemetry: z.unknown(),
    pipelines: z.record(
      z.string(),
      z.object({ receivers: z.array(z.string()), exporters: z.array(z.string()) }).loose(),
    ),
  }),
});
const settings = z.array(z.record(z.string(), z.unknown()));
const fluentBit = z.object({ pipeline: z.object({ inputs: settings, outputs: settings }) });
type Config = z.infer<typeof config>;

const read = (path: string): Config => config.parse(parse(readFileSync(path, "utf8")));

/** What is alike in all of them: the way to logbert, back, and on. */
function hopOf({ receivers, processors, exporters, service }: Config): unknown {
  return {
    scored: receivers["otlp/scored"],
    limiter: processors["memory_limiter"],
    exporters,
    telemetry: service.telemetry,
    back: service.pipelines["logs/back"],
  };
}

function markdownIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".md"))
    .map((file) => join(folder, file));
}

describe("the recipes of docs/pipelines", () => {
  it.each(names)("have one way through logbert, that of otel-collector-config.yaml: %s", (name) => {
    expect(hopOf(read(recipe(name)))).toEqual(hopOf(read(join(repository, "otel-collector-config.yaml"))));
  });

  it.each(names)("send nothing of what comes back to logbert again: %s", (name) => {
    const { pipelines } = read(recipe(name)).service;
    for (const [pipeline, { receivers, exporters }] of Object.entries(pipelines)) {
      const isBack = pipeline === "logs/back";
      expect(receivers.includes("otlp/scored")).toBe(isBack);
      expect(exporters.includes("otlp_grpc/logbert")).toBe(!isBack);
    }
  });

  it.each([...names, ...FLUENT_BIT])("are linked from a page, which the index links: %s", (name) => {
    const index = readFileSync(join(pages, "README.md"), "utf8");
    const linked = [...index.matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, page = ""]) => page);
    const texts = linked.map((page) => readFileSync(join(pages, page), "utf8"));
    expect(texts.some((text) => text.includes(`](${name}.yaml)`))).toBe(true);
  });

  it.each(names)("are started by a command on their page: %s", (name) => {
    expect(argumentsOf(name).slice(0, 2)).toEqual(["--config", recipe(name)]);
  });

  it("are started with the gate wherever a command names one that a killed Collector goes on reading", () => {
    const texts = [join(repository, "README.md"), join(repository, "otel-collector-config.yaml")].concat(
      ["docs", "docs/pipelines", "docs/backends"].flatMap((folder) => markdownIn(join(repository, folder))),
    );
    const commands = texts
      .flatMap((path) => readFileSync(path, "utf8").match(/\botelcol (?:--\S+ ?\S*\s?)+/g) ?? [])
      .filter((command) => CHECKPOINTED.some((name) => command.includes(`${name}.yaml`)));
    expect(commands.length).toBeGreaterThan(CHECKPOINTED.length);
    for (const command of commands) expect(command).toContain("--feature-gates=stanza.synchronousLogEmitter");
  });

  it("of Fluent Bit give up nothing, and take whatever logbert sends", () => {
    const [before, behind] = FLUENT_BIT.map((name) =>
      fluentBit.parse(parse(readFileSync(recipe(name), "utf8"))),
    );
    expect(before?.pipeline.outputs).toMatchObject([{ retry_limit: "no_limits" }]);
    expect(before?.pipeline.inputs).toMatchObject([{ "storage.type": "filesystem" }]);
    expect(behind?.pipeline.inputs).toMatchObject([{ "storage.type": "filesystem", buffer_max_size: "64M" }]);
    expect(forwardConfig.parse({}).max_message_bytes).toBeLessThan(64_000_000);
  });

  testWith([collector()], "run together in one Collector", async ([otelcol = ""]) => {
    const runnable = names.filter((name) => !CLOUDS.includes(name));
    const configs = runnable.flatMap((name) => ["--config", recipe(name)]);
    const { status, stderr } = spawnSync(otelcol, ["validate", ...configs], { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(status).toBe(0);
  });
});
