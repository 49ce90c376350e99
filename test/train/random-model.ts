import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createKeyedRandom } from "../../processor/learn/keyed-random.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";

/** The graphs of an event model as models/train/export_event_model.py exports them; they hold no weights. */
const GRAPHS = join(import.meta.dirname, "graphs");

interface Description {
  readonly parameters: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly files: Readonly<Record<string, string>>;
}

/** A new model directory with weights by chance, as event_model.py has them before training. */
export function randomModel(seed = 1): string {
  const directory = join(temporaryDirectory("event-model"), "model");
  mkdirSync(directory);
  const description: Description = JSON.parse(readFileSync(join(GRAPHS, "config.json"), "utf8"));
  const weights = Buffer.concat(
    description.parameters.map(({ name, shape }, index) =>
      Buffer.from(initial(name, shape, seed + index).buffer),
    ),
  );
  const files = Object.keys(description.files).map((name): readonly [string, Uint8Array] => [
    name,
    name === "weights.bin" ? weights : readFileSync(join(GRAPHS, name)),
  ]);
  for (const [name, bytes] of files) writeFileSync(join(directory, name), bytes);
  const digests = files.map(([name, bytes]) => [name, createHash("sha256").update(bytes).digest("hex")]);
  writeFileSync(
    join(directory, "config.json"),
    JSON.stringify({ ...description, version: `random-${seed}`, files: Object.fromEntries(digests) }),
  );
  return directory;
}

function initial(name: string, shape: readonly number[], seed: number): Float32Array<ArrayBuffer> {
  const size = shape.reduce((a, b) => a * b, 1);
  if (name === "scale" || /ln\d?\.weight$/.test(name)) return new Float32Array(size).fill(1);
  if (name.endsWith("bias")) return new Float32Array(size);
  const isLinear = /text|gap|qkv|out|up|down|head/.test(name);
  const deviation = isLinear ? 1 / Math.sqrt(shape[0] ?? 1) : 0.1;
  const random = createKeyedRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  return Float32Array.from({ length: size }, () => deviation * normal());
}
