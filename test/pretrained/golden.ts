import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { WindowText } from "../../processor/detect/pretrained-scorer.ts";

const numbers = z.array(z.number());
const golden = z.array(
  z.object({
    window: z.array(z.string()).min(1),
    ids: numbers,
    judgedFrom: z.int(),
    offsets: z.array(z.tuple([z.int(), z.int()])),
    probability: z.number(),
    attention: numbers,
    surprises: numbers,
  }),
);

/** What transformers and torch make of some windows: models/train/tiny-bert/author.py writes it. */
export const GOLDEN = golden.parse(
  JSON.parse(readFileSync(join(import.meta.dirname, "golden/torch.json"), "utf8")),
);

/** A window as the model is asked about it: the last text is the judged one. */
export function windowText(window: readonly string[]): WindowText {
  return { context: window.slice(0, -1), judged: window.at(-1) ?? "" };
}

/** A small Hugging Face directory of the tests. */
export function fixture(name: string): string {
  return join(import.meta.dirname, "../fixtures", name);
}
