import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Sequence } from "./corpus.ts";
import { type CorpusBuilder, createCorpusBuilder, PIECE_EVENTS_MAX } from "./corpus-builder.ts";

/** Sequences whose events' severities number them, so that an event can be found again. */
function sequence(templates: readonly number[], ends = true): Sequence {
  return {
    templates: Uint16Array.from(templates),
    severities: new Uint8Array(templates.length),
    gaps: new Float32Array(templates.length),
    parameters: undefined,
    begins: true,
    ends,
  };
}

function addRuns(builder: CorpusBuilder, runs: number, length: number): void {
  for (let run = 0; run < runs; run += 1) {
    const templates = Array.from(
      { length },
      (_, i) => builder.templateOf("shop", `t${i % 5}`, `text ${i % 5}`) ?? -1,
    );
    builder.add("shop", sequence(templates), run);
  }
}

it("what is added to the training alone is neither sampled nor held out, and moves no border", () => {
  const builder = createCorpusBuilder({ eventsMax: 100 });
  builder.templateOf("shop", "a", "a");
  addRuns(builder, 20, 5);
  const parts = () => {
    const { train = [], selection = [], test = [] } = builder.build().services[0] ?? {};
    return [train.length, selection.length, test.length];
  };
  const [train = 0, ...heldOut] = parts();
  for (let i = 0; i < 500; i += 1) builder.addToTraining("shop", sequence([0, 0]));
  builder.addToTraining("cart", sequence(Array<number>(PIECE_EVENTS_MAX + 1).fill(0)));
  expect(parts()).toEqual([train + 500, ...heldOut]);
  const { services, events, eventsOffered } = builder.build();
  expect(services[1]).toMatchObject({ name: "cart", train: [{}, {}], selection: [], test: [] });
  expect([events, eventsOffered]).toEqual([1_100 + PIECE_EVENTS_MAX + 1, 1_100 + PIECE_EVENTS_MAX + 1]);
});

describe("bounds", () => {
  it("keeps a uniform sample of the sequences when there are more events than fit", () => {
    const builder = createCorpusBuilder({ eventsMax: 1_000 });
    addRuns(builder, 2_000, 5);
    const corpus = builder.build();
    expect(corpus.eventsOffered).toBe(10_000);
    expect(corpus.events).toBeGreaterThan(800);
    expect(corpus.events).toBeLessThanOrEqual(1_100);
  });

  it("samples early and late sequences alike", () => {
    const builder = createCorpusBuilder({ eventsMax: 1_000 });
    const one = builder.templateOf("shop", "a", "a") ?? 0;
    const two = builder.templateOf("shop", "b", "b") ?? 0;
    for (let run = 0; run < 4_000; run += 1) builder.add("shop", sequence([run < 2_000 ? one : two, 0]), run);
    const [service] = builder.build().services;
    const kept = [...(service?.train ?? []), ...(service?.selection ?? []), ...(service?.test ?? [])];
    const early = kept.filter(({ templates }) => templates[0] === one).length;
    expect(early / kept.length).toBeGreaterThan(0.4);
    expect(early / kept.length).toBeLessThan(0.6);
  });

  it("leaves out services and templates beyond the bounds, and counts their events", () => {
    const builder = createCorpusBuilder({ servicesMax: 1, templatesMax: 2 });
    expect(builder.templateOf("shop", "a", "a")).toBe(0);
    expect(builder.templateOf("shop", "b", "b")).toBe(1);
    expect(builder.templateOf("shop", "c", "c")).toBeUndefined();
    expect(builder.templateOf("mail", "a", "a")).toBeUndefined();
    expect(builder.templateOf("shop", "a", "a")).toBe(0);
    expect(builder.build().eventsLeftOut).toBe(2);
  });

  it("leaves out what 16 bits do not tell apart, whatever the bounds", () => {
    const builder = createCorpusBuilder({ servicesMax: 100_000, templatesMax: 100_000 });
    const indexes = Array.from({ length: 2 ** 16 + 2 }, (_, i) =>
      builder.templateOf("shop", `t${i}`, "text"),
    );
    expect(new Set(indexes).size).toBe(2 ** 16 + 1);
    expect(indexes.slice(-3)).toEqual([2 ** 16 - 1, undefined, undefined]);
    expect(builder.build().eventsLeftOut).toBe(2);
  });

  it("cuts a long sequence in pieces that know their begin and end no longer", () => {
    const builder = createCorpusBuilder();
    const templates = Array.from({ length: PIECE_EVENTS_MAX * 2 + 1 }, () => 0);
    builder.add("shop", sequence(templates), 0);
    const [service] = builder.build().services;
    const pieces = [...(service?.train ?? []), ...(service?.selection ?? []), ...(service?.test ?? [])];
    expect(pieces.reduce((sum, piece) => sum + piece.templates.length, 0)).toBe(templates.length);
    expect(pieces.filter(({ begins }) => begins)).toHaveLength(1);
    expect(pieces.filter(({ ends }) => ends)).toHaveLength(1);
  });
});

it("gives a template the text that it had last", () => {
  const builder = createCorpusBuilder();
  builder.templateOf("shop", "a", "paid 5");
  builder.templateOf("shop", "a", "paid <NUM>");
  builder.add("shop", sequence([0, 0]), 0);
  expect(builder.build().services[0]?.templates).toEqual(["paid <NUM>"]);
});

describe("the held-out parts", () => {
  it("are later than what is trained on, share no event with it, and lose none", () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(lengths, (all) => {
        const builder = createCorpusBuilder();
        let number = 0;
        for (const [start, length] of all.entries())
          builder.add(
            "shop",
            sequence(Array.from({ length }, () => number++)),
            // Arrives in another order than it was written in.
            start,
          );
        const { train = [], selection = [], test = [] } = builder.build().services[0] ?? {};
        const events = [train, selection, test].map((part) =>
          part.flatMap(({ templates }) => [...templates]),
        );
        expect(events.flat()).toEqual(Array.from({ length: number }, (_, i) => i));
      }),
    );
  });

  it("are about a fifth of the events", () => {
    const builder = createCorpusBuilder();
    addRuns(builder, 100, 10);
    const { train = [], selection = [], test = [] } = builder.build().services[0] ?? {};
    expect([train.length, selection.length, test.length]).toEqual([80, 10, 10]);
  });

  it("cut a service's only sequence", () => {
    const builder = createCorpusBuilder();
    addRuns(builder, 1, 100);
    const { train = [], selection = [], test = [] } = builder.build().services[0] ?? {};
    expect([train, selection, test].map((part) => part[0]?.templates.length)).toEqual([80, 10, 10]);
    expect([train, selection, test].map((part) => [part[0]?.begins, part[0]?.ends])).toEqual([
      [true, false],
      [false, false],
      [false, true],
    ]);
  });

  it("follow time, not arrival", () => {
    const builder = createCorpusBuilder();
    for (let run = 0; run < 100; run += 1) builder.add("shop", sequence([run]), 1_000 - run);
    expect(builder.build().services[0]?.test.map(({ templates }) => templates[0])).toEqual([
      9, 8, 7, 6, 5, 4, 3, 2, 1, 0,
    ]);
  });
});
