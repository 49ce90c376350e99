import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSchema, parse, validate } from "graphql";
import { expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { explainerConfig } from "../../api/llm/config.ts";
import { LLM_OUTCOMES } from "../../api/llm/outcomes.ts";
import { expandEnvironment } from "../../cli/expand-environment.ts";

const repository = join(import.meta.dirname, "../..");
const docs = readFileSync(join(repository, "docs/explanations.md"), "utf8");
const schema = buildSchema(readFileSync(join(repository, "api/schema.graphql"), "utf8"));
const blocks = [...docs.matchAll(/```yaml\n([\s\S]*?)\n```/g)].map(([, text]) => parseYaml(text ?? ""));

it("the configurations in the docs are valid", () => {
  const environment = { VLLM_API_KEY: "v", OPENAI_API_KEY: "o" };
  const models = blocks.map((block) => {
    const { explainer } = z.object({ explainer: z.record(z.string(), z.unknown()) }).parse(block);
    return explainerConfig.parse(expandEnvironment(explainer, environment)).model;
  });
  expect(models).toEqual(["llama3.2:3b", "Qwen/Qwen3-8B", "gpt-5-mini"]);
});

it("the docs name every way a question can end, and the defaults", () => {
  for (const outcome of LLM_OUTCOMES) expect(docs).toContain(`\`${outcome}\``);
  const { calls_per_hour: perHour, calls_per_minute: perMinute, ...others } = explainerConfig.parse({});
  expect(docs).toContain(`| ${perHour} in any hour`);
  expect(docs).toContain(`| ${perMinute} in any minute |`);
  expect(docs).toContain(`| ${others.max_answer_tokens.toLocaleString("en-US")} for each answer`);
  expect(docs).toContain(`\`explainer.timeout_ms\` (${others.timeout_ms / 1_000} s)`);
  expect(docs).toContain(`\`explainer.retries\` (${others.retries}) times`);
});

it("the operations in the docs are of this schema", () => {
  const bodies = [...docs.matchAll(/^curl .* -d '(.*)'$/gm)].map(([, body]) => JSON.parse(body ?? ""));
  expect(bodies).toHaveLength(2);
  for (const body of bodies) {
    const { query } = z.object({ query: z.string() }).parse(body);
    expect(validate(schema, parse(query))).toEqual([]);
  }
});
