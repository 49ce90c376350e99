import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { freshWindow } from "../../test/helpers/detector-windows.ts";
import type { ParsedRecord, SequenceWindow } from "../window/sequence-window.ts";
import { cutSlices, packSmall, SLICE_RECORDS, workOf } from "./slices.ts";

const END = "end";

/** Windows of sessions as they come out of a request, one fresh record in each; `END` closes the session. */
function requestOf(steps: readonly (readonly [session: number, what: string])[]) {
  const sessions = new Map<number, SequenceWindow["session"]>();
  const parsed: ParsedRecord[] = [];
  const windows = steps.map(([session, what]): SequenceWindow => {
    const window = freshWindow([{ template: what }]);
    const known = sessions.get(session) ?? window.session;
    sessions.set(session, known);
    const isClosed = what === END;
    if (isClosed) {
      sessions.delete(session);
      return { ...window, session: known, freshFrom: 1, freshRecords: [], isClosed };
    }
    const recordIndex = parsed.length;
    const { match, timeMs, severityNumber } = window.events[0] ?? expect.unreachable();
    parsed.push({ recordIndex, service: "shop", stream: `${session}`, match, timeMs, severityNumber });
    return { ...window, stream: `${session}`, session: known, freshRecords: [recordIndex] };
  });
  return { windows, parsed };
}

describe("slices", () => {
  it("are small, and hold the records of their windows", () => {
    const { windows, parsed } = requestOf(Array.from({ length: 1_000 }, (_, i) => [i % 7, "a"] as const));
    const slices = cutSlices(windows, parsed);
    expect(slices.map((slice) => slice.windows.length)).toEqual([...new Array(7).fill(128), 104]);
    expect(slices.flatMap((slice) => slice.parsed)).toEqual(parsed);
  });

  it("hold each window once, sessions that end whole, and every session's windows in their order", () => {
    const step = fc.tuple(fc.nat(5), fc.constantFrom("a", "b", END));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 600 }), (steps) => {
        const { windows, parsed } = requestOf(steps);
        const slices = cutSlices(windows, parsed);
        const all = slices.flatMap((slice) => slice.windows);
        expect(new Set(all)).toEqual(new Set(windows));
        expect(all).toHaveLength(windows.length);
        for (const [session, own] of Map.groupBy(windows, (window) => window.session)) {
          expect(all.filter((window) => window.session === session)).toEqual(own);
          const holding = slices.filter((slice) =>
            slice.windows.some((window) => window.session === session),
          );
          if (own.some(({ isClosed }) => isClosed)) expect(holding).toHaveLength(1);
        }
      }),
    );
  });

  it("go together as long as they come to no more than one, in their order", () => {
    const packed = packSmall([100, 28, 1, 300, 0, 127, 1, 1], (records) => records);
    expect(packed).toEqual([[100, 28], [1], [300], [0, 127, 1], [1]]);
    expect(packSmall([], () => 1)).toEqual([]);
  });

  it("do not go together where only sessions end, each of which is work without a record", () => {
    const ends = requestOf(Array.from({ length: 400 }, (_, i) => [i, END] as const));
    const slices = cutSlices(ends.windows, ends.parsed);
    const packed = packSmall(slices, (slice) => workOf(slice.windows));
    expect(packed.length).toBeGreaterThan(4);
    for (const [slice] of packed) expect(workOf(slice?.windows ?? [])).toBeLessThanOrEqual(SLICE_RECORDS);
  });
});
