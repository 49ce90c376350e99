import { createHash } from "node:crypto";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { SHIPPED_MODEL } from "../helpers/shipped-model.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";

const description = z.looseObject({
  parameters: z.array(z.looseObject({ name: z.string(), offset: z.number() })),
  files: z.record(z.string(), z.string()),
});

/**
 * A directory with the shipped weights but for one number, by which the model multiplies what it says of each candidate: with 0 all
 * are alike to it, with -1 the most probable is the least. Whole in every other way: its files have the digests that it names.
 */
export function brokenModel(version: string, scale: number): string {
  const directory = join(temporaryDirectory("broken-model"), version);
  cpSync(SHIPPED_MODEL, directory, { recursive: true });
  const file = join(directory, "config.json");
  const config = description.parse(JSON.parse(readFileSync(file, "utf8")));
  const offset = config.parameters.find(({ name }) => name === "scale")?.offset;
  if (offset === undefined) throw new Error("the shipped model has no scale");
  const weights = readFileSync(join(directory, "weights.bin"));
  weights.writeFloatLE(scale * weights.readFloatLE(offset), offset);
  writeFileSync(join(directory, "weights.bin"), weights);
  const files = { ...config.files, "weights.bin": createHash("sha256").update(weights).digest("hex") };
  writeFileSync(file, JSON.stringify({ ...config, version, files }));
  return directory;
}
