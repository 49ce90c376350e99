import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createRandom, type Random } from "../../../cli/generate/random.ts";
import { openTextEncoderSession } from "../../../processor/inference/text-encoder-session.ts";
import { openWordPieces } from "../../../processor/inference/word-pieces.ts";
import { textVector } from "../../../test/helpers/text-vector.ts";
import type { System } from "./system.ts";

/** Vectors of texts, in their order. */
type Vectors = (texts: readonly string[]) => Promise<readonly Float32Array[]>;

/** The words that may stand for a word. */
type Synonyms = ReadonlyMap<string, readonly string[]>;

const DIMENSIONS = 128;
/** Two templates above it are one to whoever looks at the vectors alone. */
const SAME_FROM_COSINE = 0.95;
const TEMPLATES_MIN = 10;
const FILLERS = ["now", "please", "currently", "the", "again", "internal", "again", "state"];
/** "unseen" takes its synonyms from a list that training does not know. */
const EDITS = ["drop", "synonyms", "unseen", "insert", "all"] as const;

const { values } = parseArgs({
  options: {
    corpus: { type: "string", default: "text-corpus.json" },
    models: { type: "string", default: "out" },
    groups: { type: "string", default: "hdfs,bgl,openstack,iotdb" },
  },
});
const corpus: readonly System[] = JSON.parse(readFileSync(values.corpus, "utf8"));
const synonyms = readSynonyms("synonyms.txt");
const unseenSynonyms = readSynonyms("synonyms-held-out.txt");
console.log(
  "| left out | table | templates | pairs > 0.95 | cosine of pairs, median / 99 % | line to template | drop | synonyms | unseen synonyms | insert | all |",
);
console.log("|---|---|---|---|---|---|---|---|---|---|---|");
for (const group of values.groups.split(",")) {
  const encoder = await openEncoder(join(values.models, group));
  for (const system of corpus.filter((one) => one.group === group && one.templates.length >= TEMPLATES_MIN)) {
    console.log(await row(group, `${system.name}, encoder`, system, encoder));
    console.log(
      await row(group, `${system.name}, hashed`, system, (texts) => Promise.resolve(texts.map(textVector))),
    );
  }
}

async function openEncoder(directory: string): Promise<Vectors> {
  const pieces = openWordPieces(readFileSync(join(directory, "tokenizer.json"), "utf8"));
  const session = await openTextEncoderSession(join(directory, "text-encoder.onnx"), pieces, DIMENSIONS, 1);
  return async (texts) => {
    const flat = await session.encode(texts);
    return texts.map((_, index) => flat.subarray(index * DIMENSIONS, (index + 1) * DIMENSIONS));
  };
}

async function row(group: string, name: string, { templates }: System, vectors: Vectors): Promise<string> {
  const texts = templates.map((one) => one.texts[0] ?? "");
  const table = await vectors(texts);
  const cosines = table.flatMap((a, i) => table.slice(i + 1).map((b) => dot(a, b))).sort((a, b) => a - b);
  const same = cosines.filter((cosine) => cosine > SAME_FROM_COSINE).length / cosines.length;
  const at = (share: number) => (cosines[Math.floor(share * (cosines.length - 1))] ?? 0).toFixed(2);
  const lines = templates.flatMap((one, index) => one.texts.slice(1).map((text) => ({ text, index })));
  const accuracies = [lines.length === 0 ? "" : percent(await accuracy(lines, table, vectors))];
  for (const edit of EDITS) {
    const random = createRandom(17);
    const queries = texts.map((text, index) => ({ text: edited(text, edit, random), index }));
    accuracies.push(percent(await accuracy(queries, table, vectors)));
  }
  const pairs = `${(100 * same).toFixed(3)} %`;
  return `| ${group} | ${name} | ${texts.length} | ${pairs} | ${at(0.5)} / ${at(0.99)} | ${accuracies.join(" | ")} |`;
}

/** Share of the queries whose nearest template is their own. */
async function accuracy(
  queries: readonly { readonly text: string; readonly index: number }[],
  table: readonly Float32Array[],
  vectors: Vectors,
): Promise<number> {
  const own = await vectors(queries.map(({ text }) => text));
  const right = queries.filter(({ index }, at) => {
    const cosines = table.map((other) => dot(own[at] ?? other, other));
    return cosines.indexOf(Math.max(...cosines)) === index;
  });
  return right.length / queries.length;
}

/** A template as a new release may write it: a fifth of its words gone, words replaced, words put in, or all of it. */
function edited(text: string, edit: (typeof EDITS)[number], random: Random): string {
  let words = text.split(" ");
  if (edit === "drop" || edit === "all") {
    const kept = words.filter(() => random.next() >= 0.2);
    words = kept.length === 0 ? words : kept;
  }
  if (edit === "synonyms") words = words.map((word) => synonymOf(word, synonyms, random));
  if (edit === "unseen" || edit === "all")
    words = words.map((word) => synonymOf(word, unseenSynonyms, random));
  if (edit === "insert" || edit === "all")
    words = words.flatMap((word) => (random.next() < 0.15 ? [pick(FILLERS, random), word] : [word]));
  return words.join(" ");
}

function synonymOf(word: string, known: Synonyms, random: Random): string {
  const others = known.get(word.toLowerCase().replace(/[:,.;()[\]]/g, ""));
  return others === undefined ? word : pick(others, random);
}

function pick(words: readonly string[], random: Random): string {
  return words[Math.floor(random.next() * words.length)] ?? "";
}

function readSynonyms(name: string): Synonyms {
  const lines = readFileSync(join(import.meta.dirname, name), "utf8").split("\n");
  const groups = lines.filter((line) => line !== "" && !line.startsWith("#")).map((line) => line.split(" "));
  return new Map(
    groups.flatMap((group) => group.map((word) => [word, group.filter((other) => other !== word)] as const)),
  );
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}
