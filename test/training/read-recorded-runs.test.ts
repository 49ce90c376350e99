import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { monotonicFactory } from "ulid";
import { describe, expect, it } from "vitest";
import { type BuilderOf, readRecordedRuns } from "../../cli/train/read-recorded-runs.ts";
import type { Sequence } from "../../processor/learn/corpus.ts";
import { type CorpusBuilder, createCorpusBuilder } from "../../processor/learn/corpus-builder.ts";
import { type RecordedFeedback, readFeedback } from "../../processor/promote/read-feedback.ts";
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
    addToTraining: (service, sequence) => void added.push(`${service} learns: ${textOf(sequence, texts)}`),
    build: builder.build,
  };
  return { added, noting };
}

/** Records runs and reads them again. */
async function read(runs: readonly RecordedRun[], builderOf: BuilderOf, feedback?: RecordedFeedback) {
  const directory = temporaryDirectory("recorded");
  const segments = createSegments({
    directory,
    bytesMax: 1024 * 1024,
    newId: () => newId(),
    redact: (text) => text,
  });
  await segments.append(runs);
  const files = readdirSync(directory).map((name) => join(directory, name));
  return readRecordedRuns(files, builderOf, feedback);
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

describe("with what people said of anomalies", () => {
  const fileOf = (...lines: readonly object[]) => {
    const file = join(temporaryDirectory("feedback"), "feedback.jsonl");
    writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    return file;
  };
  const HEADER = { format: "logbert-feedback/1" };
  const trueAt = (letter: string, timeMs: number) => ({
    service: "shop",
    trueAnomaly: { templateId: letter, timeMs },
  });
  /** A window of one-letter templates, a second apart. */
  const expectedAt = (letters: string, startMs: number, fields: object = {}) => ({
    service: "shop",
    expected: [...letters].map((letter, at) => ({
      templateId: letter,
      template: letter,
      timeMs: startMs + at * 1_000,
      severityNumber: 9,
    })),
    ...fields,
  });
  const readWith = async (runs: readonly RecordedRun[], ...lines: readonly object[]) => {
    const { added, noting } = notingBuilder();
    const use = await read(runs, () => noting, await readFeedback(fileOf(HEADER, ...lines)));
    return { added, use };
  };

  it.each([
    ["no JSON", "hello", ":1: is no JSON"],
    ["no header", JSON.stringify(trueAt("a", 1)), ":1: does not name the format"],
    ["a line of another kind", `${JSON.stringify(HEADER)}\n{"service":"shop"}`, ":2: "],
  ])("is refused with its line: %s", async (_, text, message) => {
    const file = join(temporaryDirectory("feedback"), "feedback.jsonl");
    writeFileSync(file, text);
    await expect(readFeedback(file)).rejects.toThrow(message);
  });

  it("leaves out what was a true anomaly, by service, template and time, and breaks the run there", async () => {
    const cart = run("abc", { service: "cart" });
    const { added, use } = await readWith(
      [run("abcd", { begins: true, ends: true }), cart],
      trueAt("b", 2_000),
      trueAt("c", 9_000),
    );
    expect(added).toEqual(["shop: ^a", "shop: cd$", "cart: abc"]);
    expect(use).toEqual({ eventsExpected: 0, eventsLeftOut: 1 });
  });

  it("knows an event by its own time where times went back, and in the middle of milliseconds", async () => {
    const event = (text: string, gapMs: number) => ({
      template: { id: text, text },
      gapMs,
      severityNumber: 9,
    });
    const events = [event("a", 0), event("b", 1_000.1), event("c", -700.2), event("d", 0.3)];
    const { added } = await readWith([run("", { events })], trueAt("d", 1_000 + 300.2));
    expect(added).toEqual(["shop: abc"]);
  });

  it("lets a session that ended oddly not end", async () => {
    const runs = [run("ab", { begins: true }), run("", { continues: true, ends: true })];
    expect((await readWith(runs, trueAt("b", 2_000))).added).toEqual(["shop: ^a"]);
  });

  it("learns from expected windows, once, and not from what was recorded of them", async () => {
    const { added, use } = await readWith(
      [run("abcdef", { begins: true, ends: true })],
      expectedAt("cd", 3_000),
      expectedAt("xy", 70_000, { ends: true }),
    );
    expect(added).toEqual(["shop learns: cd", "shop learns: xy$", "shop: ^ab", "shop: ef$"]);
    expect(use).toEqual({ eventsExpected: 4, eventsLeftOut: 0 });
  });

  it("keeps true anomalies out of expected windows", async () => {
    const { added } = await readWith([], expectedAt("abc", 1_000), trueAt("b", 2_000));
    expect(added).toEqual(["shop learns: a", "shop learns: c"]);
  });

  it("learns from what overlapping windows share once, and from all of a window with two events alike", async () => {
    const alike = { templateId: "z", template: "z", timeMs: 90_000, severityNumber: 9 };
    const { added, use } = await readWith(
      [run("abcdef")],
      expectedAt("abcd", 1_000),
      expectedAt("cdef", 3_000),
      { service: "shop", expected: [alike, alike] },
    );
    expect(added).toEqual(["shop learns: abcd", "shop learns: ef", "shop learns: zz"]);
    expect(use).toEqual({ eventsExpected: 8, eventsLeftOut: 0 });
  });

  it("learns from the past that was recorded, however many overlapping windows were expected", async () => {
    const builder = createCorpusBuilder();
    const runs = Array.from({ length: 20 }, (_, i) =>
      run("abcdefghij", { stream: `${i}`, startMs: 1_000_000 + 10_000 * i }),
    );
    const windows = Array.from({ length: 50 }, (_, i) =>
      expectedAt("uvwxyzuvwxyzuvwxyzuv", 1_000 + 1_000 * i),
    );
    const use = await read(runs, () => builder, await readFeedback(fileOf(HEADER, ...windows)));
    const [shop] = builder.build().services;
    const recordedIn = (part: "train" | "selection" | "test") =>
      (shop?.[part] ?? [])
        .flatMap(({ templates }) => [...templates].map((index) => shop?.templates[index] ?? ""))
        .filter((text) => text < "u").length;
    expect([recordedIn("train"), recordedIn("selection"), recordedIn("test")]).toEqual([160, 20, 20]);
    expect(shop?.selection.length).toBe(2);
    expect(use?.eventsExpected).toBeLessThanOrEqual(6 * 69);
  });

  it("never holds an expected window out, however late it came", async () => {
    const builder = createCorpusBuilder();
    const runs = Array.from({ length: 20 }, (_, i) => run("ab", { stream: `${i}`, startMs: 1_000 * i }));
    await read(runs, () => builder, await readFeedback(fileOf(HEADER, expectedAt("xy", 1e9))));
    const [shop] = builder.build().services;
    const textsIn = (part: "train" | "selection" | "test") =>
      shop?.[part].flatMap(({ templates }) => [...templates].map((index) => shop.templates[index]));
    expect(textsIn("train")).toContain("x");
    expect([...(textsIn("selection") ?? []), ...(textsIn("test") ?? [])]).not.toContain("x");
  });
});
