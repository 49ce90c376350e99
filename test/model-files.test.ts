import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readModelDirectory } from "../processor/inference/model-directory.ts";

const MODELS = join(import.meta.dirname, "../models");

it("the graphs tell nothing of the machine that they were made on", () => {
  const graphs = readdirSync(MODELS, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".onnx"),
  );
  expect(graphs).toContain(join("logbert-s", "text-encoder.onnx"));
  expect(graphs.filter((name) => readFileSync(join(MODELS, name)).includes('.py"'))).toEqual([]);
});

it("every model directory is whole", () => {
  const leftOut = readdirSync(join(MODELS, "leave-one-out"));
  for (const name of ["logbert-s", ...leftOut.map((system) => join("leave-one-out", system))])
    expect(() => readModelDirectory(join(MODELS, name))).not.toThrow();
});
