import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { closedSession, evidenceOf, freshWindow } from "../../test/helpers/detector-windows.ts";
import { standInEncoder } from "../../test/helpers/stand-in-encoder.ts";
import type { SequenceWindow } from "../window/sequence-window.ts";
import { createCountVectorDetector } from "./count-vector.ts";
import type { Detector } from "./detector.ts";
import { createEventModelDetector } from "./event-model.ts";
import type { EventScorer, MaskedRow } from "./event-scorer.ts";
import { createGapDetector } from "./gap.ts";
import { createLengthDetector } from "./length.ts";
import { createNewTemplateDetector } from "./new-template.ts";
import { createNgramDetector } from "./ngram.ts";
import { createOrderChangeDetector } from "./order-change.ts";
import { createParameterDetector } from "./parameter.ts";
import { createPretrainedModelDetector } from "./pretrained-model.ts";
import type { PretrainedScorer } from "./pretrained-scorer.ts";
import { createRateDetector } from "./rate.ts";
import { createVectorCache } from "./vector-cache.ts";

/** What it says depends on texts and on how many events the row holds: the places of templates may be others after a restart. */
const scorer: EventScorer = {
  version: "stand-in",
  eventsMax: 20,
  residual: () => undefined,
  score: async ({ table, rows }) => {
    const { dimensions } = standInEncoder;
    const sums = Array.from({ length: table.vectors.length / dimensions }, (_, candidate) =>
      table.vectors
        .subarray(candidate * dimensions, (candidate + 1) * dimensions)
        .reduce((sum, value, at) => sum + value * Math.sin(at), 4),
    );
    return rows.map((row) => Float32Array.from([...sums, 3], (sum) => sum + (eventsIn(row) % 7)));
  },
};

function eventsIn({ ids }: MaskedRow): number {
  return ids.length;
}

const reader: PretrainedScorer = {
  kind: "masked-language-model",
  version: "stand-in",
  contextEvents: 3,
  score: async (texts) =>
    texts.map(({ context, judged }) => ({ surprise: (context.join().length + judged.length) % 7 })),
  explain: async () => [],
};

const DETECTORS: readonly (readonly [name: string, create: () => Detector])[] = [
  ["count-vector", createCountVectorDetector],
  ["length", createLengthDetector],
  ["rate", createRateDetector],
  ["gap", createGapDetector],
  ["parameter", createParameterDetector],
  ["ngram", createNgramDetector],
  ["order-change", createOrderChangeDetector],
  ["new-template", () => createNewTemplateDetector(createVectorCache(standInEncoder))],
  ["event-model", () => createEventModelDetector(scorer, createVectorCache(standInEncoder))],
  [
    "pretrained-model",
    () =>
      createPretrainedModelDetector(reader, {
        redact: (template) => template,
        patience: () => new AbortController().signal,
      }),
  ],
];

/** The same with so little room that most is forgotten again: what goes first must be the same after a restart. */
const CRAMPED: readonly (readonly [name: string, create: () => Detector])[] = [
  ["count-vector", () => createCountVectorDetector({ maxVectors: 3, maxKnownTemplates: 4 })],
  ["count-vector over all services", () => createCountVectorDetector({ maxNumbersTotal: 12 })],
  ["length", () => createLengthDetector({ maxServices: 1 })],
  ["rate", () => createRateDetector({ maxKnownTemplates: 2 })],
  ["gap", () => createGapDetector({ maxPairs: 3 })],
  ["parameter", () => createParameterDetector({ maxKnownTemplates: 2 })],
  ["ngram", () => createNgramDetector({ maxKnownTemplates: 3, maxContexts: 6 })],
  ["order-change", () => createOrderChangeDetector({ maxKnownTemplates: 3, maxContexts: 6 })],
  [
    "new-template",
    () => createNewTemplateDetector(createVectorCache(standInEncoder), { maxKnownTemplates: 2 }),
  ],
  [
    "event-model",
    () => createEventModelDetector(scorer, createVectorCache(standInEncoder), { maxCandidates: 2 }),
  ],
  [
    "pretrained-model",
    () =>
      createPretrainedModelDetector(reader, {
        maxKnownTemplates: 2,
        redact: (template) => template,
        patience: () => new AbortController().signal,
      }),
  ],
];

/** What a model says is learned from only where it was asked. */
async function teach(detector: Detector, windows: readonly SequenceWindow[]): Promise<void> {
  await evidenceOf(detector, windows);
  detector.learn(windows);
}

const template = fc.constantFrom("open <NUM>", "read <*> in <DUR>", "write", "close", "status <NUM>");
const parameter = fc.oneof(
  fc.constantFrom("200", "404", "12ms", "3.4s", "warehouse-a", "0x1f", ""),
  fc.integer().map(String),
  fc.string(),
);
const event = fc.record({
  template,
  timeMs: fc.integer({ min: 1_700_000_000_000, max: 1_700_000_900_000 }),
  gapMs: fc.oneof(fc.constant(0), fc.nat(100_000)),
  parameters: fc.array(parameter, { maxLength: 3 }),
});
const service = fc.constantFrom("shop", "bank");
const window: fc.Arbitrary<SequenceWindow> = fc.oneof(
  fc
    .tuple(fc.array(event, { minLength: 1, maxLength: 8 }), service)
    .map(([events, of]) => freshWindow(events, of)),
  fc
    .tuple(
      fc.dictionary(template, fc.integer({ min: 1, max: 12 }), { noNullPrototype: true, minKeys: 1 }),
      service,
    )
    .map(([counts, of]) => closedSession(counts, of)),
);

describe.each([...DETECTORS, ...CRAMPED.map(([name, create]) => [`cramped ${name}`, create] as const)])(
  "the state of the %s detector",
  (_, create) => {
    it("gives the same evidence after a restart, and the same again after more lessons", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(window, { maxLength: 90, size: "max" }),
          fc.array(window, { maxLength: 10 }),
          fc.array(window, { maxLength: 10 }),
          async (before, after, judged) => {
            const detector = create();
            await teach(detector, before);
            const again = create();
            again.restore(JSON.parse(JSON.stringify(detector.snapshot())));
            expect(await evidenceOf(again, judged)).toEqual(await evidenceOf(detector, judged));
            for (const one of [detector, again]) await teach(one, after);
            expect(await evidenceOf(again, judged)).toEqual(await evidenceOf(detector, judged));
          },
        ),
        { numRuns: 100 },
      );
    });
  },
);

describe.each(DETECTORS)("the state of the %s detector", (name, create) => {
  it("is not changed by scoring", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(window, { maxLength: 30 }), async (windows) => {
        const detector = create();
        detector.learn(windows);
        const before = JSON.stringify(detector.snapshot());
        await evidenceOf(detector, windows);
        expect(JSON.stringify(detector.snapshot())).toBe(before);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ["no object", 7, /expected object/],
    ["no state", null, /expected object/],
    ["another version", { version: 2, services: [] }, /at version/],
    ["services that are no list", { version: 1, services: {} }, /at services/],
    ["an unknown field", { version: 1, services: [], more: 1 }, /more/],
    ["a service without a name", { version: 1, services: [[1, []]] }, /at services\[0\]\[0\]/],
    ["a service that is text", { version: 1, services: [["shop", "x"]] }, /at services\[0\]\[1\]/],
  ])("with %s is refused by an Error that names the field", (_, state, field) => {
    expect(() => create().restore(state)).toThrow(field);
    expect(() => create().restore(state)).toThrow(`The state of the ${name} detector is not usable`);
  });

  it("that was refused leaves what was there", async () => {
    const detector = create();
    const lessons = [closedSession({ open: 1, write: 2 }), closedSession({ open: 1 })];
    detector.learn(lessons);
    const before = JSON.stringify(detector.snapshot());
    expect(() => detector.restore({ version: 1, services: [["shop", { hostile: true }]] })).toThrow();
    expect(JSON.stringify(detector.snapshot())).toBe(before);
  });
});

describe("hostile count vectors are refused", () => {
  it.each([
    ["half a pair", [0], /pairs/],
    ["a template that is not there", [1, 1], /names template 1 of 1/],
    ["templates out of order", [0, 1, 0, 1], /ascending/],
    ["a count of nothing", [0, 0], /counts of 1 or more/],
  ])("with %s", (_, vector, message) => {
    const state = {
      version: 1,
      services: [["shop", { templates: [["a", "a", 0]], vectors: [vector], changed: 0 }]],
    };
    expect(() => createCountVectorDetector().restore(state)).toThrow(message);
  });
});
