import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { configurationDocs } from "../../cli/config-docs.ts";

test("docs/configuration.md is what the schema says (npm run generate writes it)", () => {
  const committed = readFileSync(join(import.meta.dirname, "../../docs/configuration.md"), "utf8");
  expect(committed).toBe(configurationDocs());
});
