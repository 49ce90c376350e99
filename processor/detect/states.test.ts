import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { closedSession, evidenceOf, freshWindow } from "../../test/helpers/detector-windows.ts";
import type { SequenceWindow } from "../window/sequence-window.ts";
import { createCountVectorDetector } from "./count-vector.ts";
import type { Detector } from "./detector.ts";
import { createGapDetector } from "./gap.ts";
import { createLengthDetector } from "./length.ts";
import { createParameterDetector } from "./parameter.ts";
import { createRateDetector } from "./rate.ts";

const DETECTORS: readonly (readonly [name: string, create: () => Detector])[] = [
  ["count-vector", createCountVectorDetector],
  ["length", createLengthDetector],
  ["rate", createRateDetector],
  ["gap", createGapDetector],
  ["parameter", createParameterDetector],
];

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

describe.each(DETECTORS)("the state of the %s detector", (name, create) => {
  it("gives the same evidence after a restart, and the same again after more lessons", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(window, { maxLength: 90, size: "max" }),
        fc.array(window, { maxLength: 10 }),
        fc.array(window, { maxLength: 10 }),
        async (before, after, judged) => {
          const detector = create();
          detector.learn(before);
          const again = create();
          again.restore(JSON.parse(JSON.stringify(detector.snapshot())));
          expect(await evidenceOf(again, judged)).toEqual(await evidenceOf(detector, judged));
          for (const one of [detector, again]) one.learn(after);
          expect(await evidenceOf(again, judged)).toEqual(await evidenceOf(detector, judged));
        },
      ),
      { numRuns: 100 },
    );
  });

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
