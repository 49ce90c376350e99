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
  [
    { kind: "count", template: "Receiving block <*>", count: 203, usual: 10 },
    '"Receiving block <*>" came 203 times in this session; usual is 10.',
  ],
  [
    { kind: "count", template: "PacketResponder <NUM> terminating", count: 0, usual: 3 },
    '"PacketResponder <NUM> terminating" came not at all in this session; usual is 3.',
  ],
  [{ kind: "length", events: 1, usual: 20 }, "The session had 1 event; usual is 20."],
  [
    { kind: "rate", template: "login failed", count: 120, usual: 0.42, spanMs: 10_000 },
    '"login failed" came 120 times within 10 s; usual is 0.4.',
  ],
  [
    { kind: "silence", template: "heartbeat <*>", service: "worker", silentMs: 180_000, usualMs: 10_020 },
    'Nothing like "heartbeat <*>" for 3 min; usually it comes every 10 s.',
  ],
  [
    { kind: "silence", template: undefined, service: "payments", silentMs: 180_000, usualMs: 2_100 },
    "Nothing from payments for 3 min; usually it writes every 2.1 s.",
  ],
  [
    { kind: "gap", template: "reply sent", after: "request received", gapMs: 5_400, usualMs: 98.6 },
    '"reply sent" came 5.4 s after "request received"; usual is 99 ms.',
  ],
  [
    { kind: "parameter", template: "answered in <DUR>", slot: 0, oddity: "number" },
    'Parameter 1 of "answered in <DUR>" is far from its usual range.',
  ],
  [
    { kind: "parameter", template: "status <*>", slot: 2, oddity: "value" },
    'Parameter 3 of "status <*>" has a value never seen before.',
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
    const number = fc.oneof(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), fc.nat());
    fc.assert(
      fc.property(
        fc.oneof(
          fc.record({ kind: fc.constant("never-seen" as const), template: text, service: text, expected }),
          fc.record({ kind: fc.constant("out-of-order" as const), template: text, after, expected }),
          fc.record({ kind: fc.constant("ended-early" as const), after, expected }),
          fc.record({
            kind: fc.constant("count" as const),
            template: text,
            count: fc.nat(),
            usual: fc.nat(),
          }),
          fc.record({
            kind: fc.constant("rate" as const),
            template: text,
            count: fc.nat(),
            usual: number,
            spanMs: number,
          }),
          fc.record({
            kind: fc.constant("silence" as const),
            template: after,
            service: text,
            silentMs: number,
            usualMs: number,
          }),
          fc.record({
            kind: fc.constant("gap" as const),
            template: text,
            after,
            gapMs: number,
            usualMs: number,
          }),
          fc.record({
            kind: fc.constant("parameter" as const),
            template: text,
            slot: fc.nat(7),
            oddity: fc.constantFrom("number" as const, "value" as const),
          }),
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
