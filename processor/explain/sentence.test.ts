import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Oddness, SENTENCE_CHARACTERS_MAX, sentence } from "./sentence.ts";

const GOLDEN: readonly (readonly [oddness: Oddness, expected: string])[] = [
  [
    {
      kind: "out-of-order",
      template: "Deleting block <*> file <PATH>",
      after: "Receiving block <*>",
      expected: [
        { template: "PacketResponder <NUM> for block <*> terminating", probability: 0.912 },
        { template: undefined, probability: 0.04 },
        { template: "never named", probability: 0.01 },
      ],
    },
    'Unexpected "Deleting block <*> file <PATH>" after "Receiving block <*>"; expected "PacketResponder <NUM> for block <*> terminating" (91 %) or the end (4 %).',
  ],
  [{ kind: "out-of-order", template: "started", after: undefined, expected: [] }, 'Unexpected "started".'],
  [
    { kind: "never-seen", template: 'cannot open "<PATH>"', service: "payments", expected: [] },
    "First time that payments logs \"cannot open '<PATH>'\".",
  ],
  [
    {
      kind: "never-seen",
      template: "disk failed",
      service: "payments",
      expected: [{ template: "disk checked", probability: 0.42 }],
    },
    'First time that payments logs "disk failed"; expected "disk checked" (42 %).',
  ],
  [
    {
      kind: "ended-early",
      after: "Receiving block <*>",
      expected: [{ template: "PacketResponder <NUM> terminating", probability: 0.0004 }],
    },
    'The sequence ended after "Receiving block <*>"; expected "PacketResponder <NUM> terminating" (<1 %).',
  ],
];

describe("the sentence", () => {
  it.each(GOLDEN)("is plain: %#", (oddness, expected) => {
    expect(sentence(oddness)).toBe(expected);
  });

  it("cuts the longest template first and keeps the short ones whole", () => {
    const text = sentence({
      kind: "out-of-order",
      template: "x".repeat(400),
      after: "short one",
      expected: [{ template: "y".repeat(400), probability: 0.5 }],
    });
    expect(text).toHaveLength(SENTENCE_CHARACTERS_MAX);
    expect(text).toContain('after "short one"; expected "yyy');
    expect(text).toMatch(/^Unexpected "x+…" .*"y+…" \(50 %\)\.$/);
  });

  it("never exceeds its bound nor tears a character, whatever the texts", () => {
    const text = fc.string({ unit: "grapheme-composite", maxLength: 600 });
    const expected = fc.array(
      fc.record({
        template: fc.option(text, { nil: undefined }),
        probability: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      { maxLength: 3 },
    );
    const after = fc.option(text, { nil: undefined });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.record({ kind: fc.constant("never-seen" as const), template: text, service: text, expected }),
          fc.record({ kind: fc.constant("out-of-order" as const), template: text, after, expected }),
          fc.record({ kind: fc.constant("ended-early" as const), after, expected }),
        ),
        (oddness) => {
          const result = sentence(oddness);
          expect(result.length).toBeLessThanOrEqual(SENTENCE_CHARACTERS_MAX);
          expect(result.isWellFormed()).toBe(true);
        },
      ),
    );
  });
});
