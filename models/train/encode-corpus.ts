import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openTextEncoderSession } from "../../processor/inference/text-encoder-session.ts";
import { openWordPieces } from "../../processor/inference/word-pieces.ts";

/** Text vectors of the corpus's templates, by the text encoder that the stage itself runs. */
const TEXT_DIMENSIONS = 128;
const VECTOR_DIGITS = 6;

const { values } = parseArgs({
  options: {
    corpus: { type: "string", default: "corpus.json" },
    encoder: { type: "string", default: "models/logbert-s" },
    out: { type: "string", default: "vectors.json" },
  },
});
const systems: readonly { readonly templates: readonly string[] }[] = JSON.parse(
  readFileSync(values.corpus, "utf8"),
);
const texts = [...new Set(systems.flatMap(({ templates }) => templates))];
const pieces = openWordPieces(readFileSync(join(values.encoder, "tokenizer.json"), "utf8"));
const session = await openTextEncoderSession(
  join(values.encoder, "text-encoder.onnx"),
  pieces,
  TEXT_DIMENSIONS,
  1,
);
const vectors = await session.encode(texts);
await session.close();
const rows = texts.map((text, index) => {
  const vector = vectors.subarray(index * TEXT_DIMENSIONS, (index + 1) * TEXT_DIMENSIONS);
  return [text, Array.from(vector, (value) => Number(value.toFixed(VECTOR_DIGITS)))] as const;
});
writeFileSync(values.out, JSON.stringify(Object.fromEntries(rows)));
process.stderr.write(`${texts.length} texts\n`);
