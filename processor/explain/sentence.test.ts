import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Oddness } from "./oddness.ts";
import { SENTENCE_CHARACTERS_MAX } from "./quote.ts";
import { sentence } from "./sentence.ts";

const PAST = { records: 19_213, templates: 24, times: 0 };
const GOLDEN: readonly (readonly [oddness: Oddness, expected: string])[] = [
  [
    {
      kind: "out-of-order",
      template: "Deleting block <*> file <PATH>",
      after: "Receiving block <*>",
      expected: [
        { template: "PacketResponder <NUM> for block <*> terminating", probability: 0.612 },
        { template: undefined, probability: 0.3 },
        { template: "too improbable to be waited for", probability: 0.05 },
      ],
      order: { times: 3, of: 1_200 },
    },
    'Unexpected "Deleting block <*> file <PATH>" after "Receiving block <*>"; expected "PacketResponder <NUM> for block <*> terminating" (61 %) or the end (30 %).',
  ],
  [
    { kind: "out-of-order", template: "started", after: undefined, expected: [], order: undefined },
    'Unexpected "started".',
  ],
  [
    {
      kind: "out-of-order",
      template: "started",
      after: "ready",
      expected: [{ template: "stopped", probability: 0.09 }],
      order: { times: 3, of: 1_200 },
    },
    'Unexpected "started" after "ready"; it came there in 3 of 1,200 earlier cases.',
  ],
  [
    {
      kind: "out-of-order",
      template: "started",
      after: "ready",
      expected: [],
      order: { times: 0, of: 1 },
    },
    'Unexpected "started" after "ready"; it came there in none of 1 earlier case.',
  ],
  [
    {
      kind: "out-of-order",
      template: "VM Started",
      after: "VM Started",
      expected: [{ template: "VM Paused", probability: 0.65 }],
      order: undefined,
    },
    '"VM Started" came twice in a row; expected "VM Paused" (65 %).',
  ],
  [
    {
      kind: "order-change",
      template: "Payment <*> captured",
      after: "Fraud score of <*> is <*>",
      times: 5,
      spanMs: 4_410,
      expected: [{ template: "Payment <*> authorised", probability: 0.94 }],
    },
    'Changed order: "Payment <*> captured" came out of its place 5 times within 4.4 s, now after "Fraud score of <*> is <*>"; expected "Payment <*> authorised" (94 %).',
  ],
  [
    { kind: "order-change", template: "captured", after: undefined, times: 1, spanMs: 0, expected: [] },
    'Changed order: "captured" came out of its place, now at the beginning of a request.',
  ],
  [
    { kind: "skipped", skipped: "payment taken", template: "order placed", after: "cart checked" },
    '"payment taken" is missing between "cart checked" and "order placed", where it usually comes.',
  ],
  [
    {
      kind: "never-seen",
      template: 'cannot open "<PATH>"',
      service: "payments",
      severity: "ERROR",
      expected: [{ template: "improbable", probability: 0.09 }],
      past: PAST,
    },
    "New ERROR message from payments: \"cannot open '<PATH>'\"; none of its 19,213 records so far has it.",
  ],
  [
    {
      kind: "never-seen",
      template: "disk failed",
      service: "payments",
      severity: undefined,
      expected: [{ template: "disk checked", probability: 0.42 }],
      past: PAST,
    },
    'New message from payments: "disk failed"; expected "disk checked" (42 %).',
  ],
  [
    {
      kind: "classified",
      template: "disk failed",
      after: "disk checked",
      probability: 0.97,
      words: ["disk", "failed"],
    },
    'Classified as an anomaly (97 %): "disk failed" after "disk checked"; what counts most: "disk", "failed".',
  ],
  [
    {
      kind: "ended-early",
      after: "Receiving block <*>",
      expected: [{ template: "PacketResponder <NUM> terminating", probability: 0.91 }],
      order: undefined,
    },
    '"PacketResponder <NUM> terminating" is missing: the session ended after "Receiving block <*>", where it was expected (91 %).',
  ],
  [
    {
      kind: "ended-early",
      after: "Receiving block <*>",
      expected: [{ template: "something", probability: 0.0004 }],
      order: { times: 0, of: 4_218 },
    },
    'The session ended unexpectedly after "Receiving block <*>"; it ended there in none of 4,218 earlier cases.',
  ],
  [
    { kind: "count", template: "Receiving block <*>", count: 203, usual: 10 },
    '"Receiving block <*>" came 203 times in this session; usual is 10.',
  ],
  [
    { kind: "count", template: "PacketResponder <NUM> terminating", count: 0, usual: 3 },
    '"PacketResponder <NUM> terminating" is missing from this session; usually it comes 3 times.',
  ],
  [
    { kind: "count", template: "retry", count: 2, usual: 0 },
    '"retry" came twice in this session; usually it does not come.',
  ],
  [
    { kind: "length", events: 1, usual: 20, usualMin: 18, usualMax: 22 },
    "Short session: it had 1 event; usual is about 18 to 22.",
  ],
  [
    { kind: "length", events: 4_000, usual: 20, usualMin: 20, usualMax: 20 },
    "Long session: it had 4,000 events; usual is about 20.",
  ],
  [
    { kind: "length", events: 9, usual: 20, usualMin: 3, usualMax: 22 },
    "Session of unusual length: 9 events are rare in one, though usual is about 3 to 22.",
  ],
  [
    { kind: "rate", template: "login failed", count: 120, usual: 0.42, spanMs: 10_000 },
    'Burst: "login failed" came 120 times within 10 s; usual is about once in 24 s.',
  ],
  [
    { kind: "rate", template: "login failed", count: 120, usual: 2.34, spanMs: 10_000 },
    'Burst: "login failed" came 120 times within 10 s; usual is 2.3.',
  ],
  [
    {
      kind: "silence",
      template: "heartbeat <*>",
      service: "worker",
      isTotal: false,
      silentMs: 180_000,
      usualMs: 10_020,
      sinceMs: Date.UTC(2026, 0, 5, 8, 31, 5),
    },
    'Silence: no "heartbeat <*>" for 3 min, since 08:31:05 UTC; usually it comes every 10 s.',
  ],
  [
    {
      kind: "silence",
      template: undefined,
      service: "payments",
      isTotal: false,
      silentMs: 180_000,
      usualMs: 2_100,
      sinceMs: Date.UTC(2026, 0, 5, 8, 31, 5),
    },
    "Silence: nothing from payments for 3 min, since 08:31:05 UTC; usually it writes every 2.1 s.",
  ],
  [
    {
      kind: "silence",
      template: undefined,
      service: "payments",
      isTotal: true,
      silentMs: 120_000,
      usualMs: 2_100,
      sinceMs: Date.UTC(2026, 0, 5, 8, 31, 5),
    },
    "Silence: nothing from any service for 2 min, since 08:31:05 UTC; what sends the logs may be away.",
  ],
  [
    { kind: "gap", template: "reply sent", after: "request received", gapMs: 5_400, usualMs: 98.6 },
    'Slow step: "reply sent" came 5.4 s after "request received"; usual is 99 ms.',
  ],
  [
    { kind: "gap", template: "poll", after: "poll", gapMs: 2, usualMs: 10_000 },
    'Fast step: "poll" came 2 ms after the one before; usual is 10 s.',
  ],
  [
    {
      kind: "parameter",
      template: "answered in <DUR>",
      name: "the duration",
      oddity: "number",
      seen: 500,
      times: 54,
      time: { tookMs: 5_400, usualMs: 100 },
    },
    'The duration in "answered in <DUR>" is 5.4 s; usual is 100 ms.',
  ],
  [
    {
      kind: "parameter",
      template: "size=<NUM>",
      name: '"size"',
      oddity: "number",
      seen: 500,
      times: 40,
    },
    '"size" in "size=<NUM>" is about 40 times its usual.',
  ],
  [
    {
      kind: "parameter",
      template: "at <NUM>",
      name: "the number",
      oddity: "number",
      seen: 500,
      times: undefined,
    },
    'The number in "at <NUM>" is far from its usual range.',
  ],
  [
    { kind: "parameter", template: "mode <*>", name: "the value", oddity: "value", seen: 500, values: 3 },
    'The value in "mode <*>" was never seen before; 3 others are usual.',
  ],
  [
    {
      kind: "parameter",
      template: "status <NUM>",
      name: "the number",
      oddity: "value",
      seen: 1_500,
      values: 2,
      errorClass: 5,
    },
    'The number in "status <NUM>" is an error status (5xx); in 1,500 earlier records there was none.',
  ],
];

describe("the sentence", () => {
  it.each(GOLDEN)("is plain: %#", (oddness, expected) => {
    expect(sentence(oddness)).toBe(expected);
  });

  it("cuts the longest template first, in its middle, and keeps the short ones whole", () => {
    const text = sentence({
      kind: "out-of-order",
      template: `x${"x".repeat(400)}END`,
      after: "short one",
      expected: [{ template: "y".repeat(400), probability: 0.5 }],
      order: undefined,
    });
    expect(text).toHaveLength(SENTENCE_CHARACTERS_MAX);
    expect(text).toContain('after "short one"; expected "yyy');
    expect(text).toMatch(/^Unexpected "x+…x+END" .*"y+…y+" \(50 %\)\.$/);
  });

  it("tells apart what begins alike", () => {
    const begin = "During sync_power_state the instance has a pending task of a long, long name ".repeat(3);
    const [template, after] = [`${begin}(spawning). Skip.`, `${begin}(deleting). Skip.`];
    const text = sentence({ kind: "out-of-order", template, after, expected: [], order: undefined });
    expect(text).toMatch(/spawning\)\. Skip\." after .*deleting\)\. Skip\."/);
  });

  it("never exceeds its bound nor tears a character, whatever the texts", () => {
    const text = fc.string({ unit: "grapheme-composite", maxLength: 600 });
    const maybe = fc.option(text, { nil: undefined });
    const expected = fc.array(
      fc.record({ template: maybe, probability: fc.double({ min: 0, max: 1, noNaN: true }) }),
      { maxLength: 3 },
    );
    const order = fc.option(fc.record({ times: fc.nat(), of: fc.nat() }), { nil: undefined });
    const number = fc.oneof(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), fc.nat());
    const kind = <Kind extends Oddness["kind"]>(name: Kind) => fc.constant(name);
    const odd: fc.Arbitrary<Oddness> = fc.oneof(
      fc.record({
        kind: kind("never-seen"),
        template: text,
        service: text,
        severity: fc.constantFrom("ERROR", undefined),
        expected,
        past: fc.constantFrom(PAST, undefined),
      }),
      fc.record({ kind: kind("out-of-order"), template: text, after: maybe, expected, order }),
      fc.record({ kind: kind("skipped"), skipped: text, template: text, after: maybe }),
      fc.record({ kind: kind("ended-early"), after: maybe, expected, order }),
      fc.record({ kind: kind("count"), template: text, count: fc.nat(), usual: fc.nat() }),
      fc.record({ kind: kind("rate"), template: text, count: fc.nat(), usual: number, spanMs: number }),
      fc.record({
        kind: kind("silence"),
        template: maybe,
        service: text,
        isTotal: fc.boolean(),
        silentMs: number,
        usualMs: number,
        sinceMs: number,
      }),
      fc.record({ kind: kind("gap"), template: text, after: maybe, gapMs: number, usualMs: number }),
      fc.record({
        kind: kind("parameter"),
        template: text,
        name: fc.constantFrom("the number", `"${"k".repeat(32)}"`),
        seen: fc.nat(),
        oddity: fc.constant("number" as const),
        times: fc.option(number, { nil: undefined }),
        time: fc.record({ tookMs: number, usualMs: number }),
      }),
    );
    fc.assert(
      fc.property(odd, (oddness) => {
        const result = sentence(oddness);
        expect(result.length).toBeLessThanOrEqual(SENTENCE_CHARACTERS_MAX);
        expect(result.isWellFormed()).toBe(true);
      }),
    );
  });
});
