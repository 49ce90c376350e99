import { readdirSync } from "node:fs";
import { join } from "node:path";
import { monotonicFactory } from "ulid";
import { expect, it } from "vitest";
import { type BuilderOf, readRecordedRuns } from "../../cli/train/read-recorded-runs.ts";
import type { Sequence } from "../../processor/learn/corpus.ts";
import { type CorpusBuilder, createCorpusBuilder } from "../../processor/learn/corpus-builder.ts";
import type { RecordedRun } from "../../processor/promote/recorded-format.ts";
import { createSegments } from "../../processor/promote/segments.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";

const newId = monotonicFactory();

/** A run of one-letter templates, a second apart. */
const run = (letters: string, fields: Partial<RecordedRun> = {}): RecordedRun => ({
  service: "shop",
  stream: "1",
  begins: false,
  ends: false,
  continues: false,
  startMs: 1_000,
  events: [...letters].map((text) => ({ template: { id: text, text }, gapMs: 1_000, severityNumber: 9 })),
  ...fields,
});

/** A corpus builder that notes, as text, the sequences that it is given; ^ and $ are a session's begin and end. */
function notingBuilder() {
  const builder = createCorpusBuilder();
  const added: string[] = [];
  const texts = new Map<number, string>();
  const noting: CorpusBuilder = {
    templateOf(service, id, text) {
      const index = builder.templateOf(service, id, text);
      if (index !== undefined) texts.set(index, text);
      return index;
    },
    add: (service, sequence) => void added.push(`${service}: ${textOf(sequence, texts)}`),
    build: builder.build,
  };
  return { added, noting };
}

/** Records runs and reads them again. */
async function read(runs: readonly RecordedRun[], builderOf: BuilderOf): Promise<void> {
  const directory = temporaryDirectory("recorded");
  const segments = createSegments({
    directory,
    bytesMax: 1024 * 1024,
    newId: () => newId(),
    redact: (text) => text,
  });
  await segments.append(runs);
  const files = readdirSync(directory).map((name) => join(directory, name));
  await readRecordedRuns(files, builderOf);
}

async function sequencesOf(runs: readonly RecordedRun[]): Promise<readonly string[]> {
  const { added, noting } = notingBuilder();
  await read(runs, () => noting);
  return added;
}

const textOf = ({ begins, ends, templates }: Sequence, texts: ReadonlyMap<number, string>) =>
  [begins ? "^" : "", ...[...templates].map((index) => texts.get(index)), ends ? "$" : ""].join("");

it("joins what goes on, parts what does not, and knows begins and ends", async () => {
  expect(
    await sequencesOf([
      run("ab", { begins: true }),
      run("xy", { stream: "2" }),
      run("c", { continues: true }),
      run("", { continues: true, ends: true }),
      run("z", { stream: "2" }),
      run("q", { stream: "3", continues: true }),
    ]),
  ).toEqual(["shop: ^abc$", "shop: xy", "shop: z", "shop: q"]);
});

it("cuts endless streams into pieces that no session begins or ends", async () => {
  const sequences = await sequencesOf([run("a".repeat(600), { begins: true })]);
  expect(sequences.map((text) => text.length)).toEqual(["shop: ^".length + 512, "shop: ".length + 88]);
});

it("keeps services apart where it is told to, also those of streams that never end", async () => {
  const cart = notingBuilder();
  const others = notingBuilder();
  const runs = [run("a"), run("b", { service: "cart" }), run("c", { service: "cart", continues: true })];
  await read(runs, (service) => (service === "cart" ? cart : others).noting);
  expect([cart.added, others.added]).toEqual([["cart: bc"], ["shop: a"]]);
});
