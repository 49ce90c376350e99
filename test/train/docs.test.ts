import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { expect, it } from "vitest";
import { registerTrain } from "../../cli/train.ts";

it("docs/training.md has every option of logbert train", () => {
  const text = readFileSync(join(import.meta.dirname, "../../docs/training.md"), "utf8");
  const program = new Command();
  registerTrain(program, () => Promise.reject(new Error("nothing is trained here")));
  const options = program.commands.flatMap(({ options }) => options.map(({ long }) => long));
  expect(options).toContain("--input");
  expect(options.filter((option) => !text.includes(`\`${option}`))).toEqual([]);
});
