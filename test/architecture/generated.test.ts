import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { webhookSchema } from "../../api/alerts/webhook.ts";
import { configurationDocs } from "../../cli/config-docs.ts";

const committed = (file: string) => readFileSync(join(import.meta.dirname, "../../docs", file), "utf8");

test("docs/configuration.md is what the schema says (npm run generate writes it)", () => {
  expect(committed("configuration.md")).toBe(configurationDocs());
});

test("docs/alerts/webhook.schema.json is that of the messages (npm run generate writes it)", () => {
  expect(committed("alerts/webhook.schema.json")).toBe(webhookSchema());
});
