import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeRequest, type NewRecord } from "../wire/encode.ts";
import { readRequest } from "../wire/read-request.ts";
import { windowConfig } from "./config.ts";
import { createWindower } from "./create-windower.ts";
import { createRepeats, repeatedOf } from "./repeats.ts";
import type { ParsedRecord } from "./sequence-window.ts";
import { createTakenRecords } from "./taken-records.ts";

const SECOND = 1_000_000_000n;
const MILLISECOND = 1_000_000n;

/** A line of a service at a time in nanoseconds. */
interface Line {
  readonly body: string;
  readonly at: bigint;
  readonly service?: string;
  readonly extra?: Partial<NewRecord>;
}

/** What a stage does with a request that the next hop takes; tells the bodies that are new to it. */
function createTaking() {
  const windower = createWindower(windowConfig.parse({}), () => 1);
  const repeats = createRepeats();
  return (lines: readonly Line[], isTaken = true): readonly string[] => {
    const { records } = readRequest(
      encodeRequest(
        lines.map(({ body, at, service = "shop", extra }) => ({
          attributes: { "service.name": service },
          records: [{ timeUnixNano: at, body, ...extra }],
        })),
      ),
    );
    const parsed = records.map(
      (record): ParsedRecord => ({
        recordIndex: record.index,
        match: { templateId: record.body, template: record.body, parameters: [], isNew: false },
        service: String(record.resourceAttribute("service.name")),
        stream: "",
        timeMs: Number((record.timeUnixNano || record.observedTimeUnixNano) / MILLISECOND),
        severityNumber: 9,
      }),
    );
    const known = records.flatMap((record, at) => {
      const one = parsed[at];
      return one !== undefined && repeats.isKnown(record) ? [{ record, parsed: one }] : [];
    });
    const repeated = repeatedOf(known, windower.newestMs);
    const fresh = parsed.filter((one) => !repeated.has(one));
    windower.push(fresh);
    if (isTaken) repeats.take(records, parsed);
    return fresh.map(({ match }) => match.template);
  };
}

const lines = (bodies: string, at: (index: number) => bigint): readonly Line[] =>
  [...bodies].map((body, index) => ({ body, at: at(index) }));
const finely = (bodies: string) => lines(bodies, (index) => SECOND + BigInt(index) * 1_234n);

describe("a block that comes again", () => {
  it.each(["a second", "a millisecond"])("is known by its older records, with times of %s", (tick) => {
    const take = createTaking();
    const nanoseconds = tick === "a second" ? SECOND : MILLISECOND;
    const block = lines("abcd", (index) => BigInt(index + 1) * nanoseconds);
    expect(take(block)).toHaveLength(4);
    expect(take(block)).toEqual([]);
    expect(take(block.slice(1, 3))).toEqual([]);
    expect(take([...block.slice(2), { body: "e", at: 9n * SECOND }])).toEqual(["e"]);
  });

  it("is known by its fine times where nothing is older", () => {
    const take = createTaking();
    const block = [
      { body: "a", at: SECOND + 1n, service: "cart" },
      { body: "b", at: SECOND, service: "mail", extra: { observedTimeUnixNano: SECOND + 5n } },
    ];
    expect(take(block)).toHaveLength(2);
    expect(take(block.toReversed())).toEqual([]);
  });

  it("is new to the stage when the next hop had not taken it", () => {
    const take = createTaking();
    expect(take(finely("abc"), false)).toHaveLength(3);
    expect(take(finely("abc"))).toHaveLength(3);
    expect(take(finely("abc"))).toEqual([]);
  });

  it("is known in any pieces, mixed with others, once its streams have gone on", () => {
    const line = fc.record({
      body: fc.constantFrom("a", "b", "c"),
      service: fc.constantFrom("cart", "mail"),
      tick: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1 }),
        fc.infiniteStream(fc.boolean()),
        fc.constantFrom(MILLISECOND, SECOND, 1_000n),
        (drawn, isCut, tick) => {
          const take = createTaking();
          const block = drawn.map(({ tick: at, ...one }) => ({ ...one, at: SECOND + BigInt(at) * tick }));
          const later = ["cart", "mail"].map((service) => ({ body: "z", at: 9n * SECOND, service }));
          take(block);
          take(later);
          let piece: Line[] = [];
          for (const [index, one] of block.entries()) {
            piece.push(one);
            if (index + 1 < block.length && !isCut.next().value) continue;
            const other = { body: `new ${index}`, at: 10n * SECOND + BigInt(index), service: "cart" };
            expect(take([...piece, other])).toEqual([other.body]);
            piece = [];
          }
        },
      ),
    );
  });
});

describe("what is no repetition", () => {
  it("a flood of equal lines, or of the same few, within the ticks of a coarse clock", () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(2), { minLength: 1 })), fc.nat(30), (requests, perTick) => {
        const take = createTaking();
        let sent = 0;
        for (const request of requests) {
          const flood = request.map((body): Line => {
            sent += 1;
            return { body: String(body), at: BigInt(Math.floor(sent / (perTick + 1)) + 1) * SECOND };
          });
          expect(take(flood)).toHaveLength(flood.length);
        }
      }),
    );
  });

  it("equal records within one request, nor equal lines with the same fine time", () => {
    const take = createTaking();
    const flood = lines("aaaa", () => SECOND + 1n);
    expect(take(flood)).toHaveLength(4);
    expect(take(flood)).toHaveLength(4);
  });

  it.each<readonly [string, Partial<Line>]>([
    ["another time", { at: SECOND + 2n }],
    ["another service", { service: "mail" }],
    ["another trace", { extra: { traceId: "1".repeat(32) } }],
    ["another attribute", { extra: { attributes: { key: "value" } } }],
    ["no time", { at: 0n }],
  ])("a record with %s", (_, change) => {
    const take = createTaking();
    take(finely("abc"));
    take([{ body: "z", at: 9n * SECOND }]);
    expect(take([{ body: "a", at: SECOND, ...change }])).toEqual(["a"]);
  });

  it("records without a time, however often they come", () => {
    const take = createTaking();
    const block = lines("abc", () => 0n);
    take([{ body: "z", at: 9n * SECOND }]);
    for (let time = 0; time < 3; time += 1) expect(take(block)).toHaveLength(3);
  });
});

describe("the records that are remembered", () => {
  it("are the last ones, so many for certain and at most twice as many", () => {
    const max = 64;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 1_000 }), (numbers) => {
        const taken = createTakenRecords(max);
        const all: number[] = [];
        for (const number of numbers) {
          taken.add(number * 7_919);
          all.push(number);
          const last = new Set(all.slice(-max));
          for (const one of last) expect(taken.has(one * 7_919)).toBe(true);
        }
        const kept = Array.from({ length: 400 }, (_, index) => index + 1).filter((one) =>
          taken.has(one * 7_919),
        );
        expect(kept.length).toBeLessThanOrEqual(2 * max);
        expect(kept.every((one) => numbers.includes(one))).toBe(true);
      }),
    );
  });
});
