import fc from "fast-check";
import { expect, it } from "vitest";
import { decodedEvent, eventCode } from "../detect/event-code.ts";
import { type MaskedRow, POSITION_KIND } from "../detect/event-scorer.ts";
import { PARAMETER_FEATURES } from "../detect/parameter-features.ts";
import { type PackedRows, packRuns } from "./pack-runs.ts";

const offsetOf = (table: number) => 1_000 * table;

const event = fc.record({
  id: fc.nat(999),
  code: fc
    .tuple(fc.integer({ min: 0, max: 24 }), fc.nat(10_000), fc.constantFrom(0, 0.5, 1))
    .map(([severityNumber, gapMs, feature]) => eventCode({ severityNumber, gapMs }, [feature, 0, 1, 0.5])),
});
const row = fc.record({ events: fc.array(event, { maxLength: 21 }), begins: fc.boolean() });

/** The positions of a row one after the other, each with everything that the graph is told of it. */
function positionsIn(run: PackedRows, place: number) {
  return Array.from({ length: run.positions }, (_, at) => {
    const cell = place * run.positions + at;
    return {
      id: Number(run.ids[cell]),
      kind: Number(run.kinds[cell]),
      severity: Number(run.severities[cell]),
      gap: run.gaps[cell],
      features: [...run.parameters.subarray(cell * PARAMETER_FEATURES, (cell + 1) * PARAMETER_FEATURES)],
    };
  });
}

function expectedOf({ ids, codes, begins }: MaskedRow, offset: number, positions: number) {
  const without = (kind: number, id: number) => ({
    id,
    kind,
    severity: 0,
    gap: 0,
    features: new Array<number>(PARAMETER_FEATURES).fill(0),
  });
  const shown = [
    ...(begins ? [without(POSITION_KIND.begin, offset)] : []),
    ...ids.map((id, i) => ({
      id: id + offset,
      kind: POSITION_KIND.event,
      ...decodedEvent(codes[i] ?? 0, PARAMETER_FEATURES),
    })),
    without(POSITION_KIND.mask, offset),
  ];
  const padding = Array.from({ length: positions - shown.length }, () => without(POSITION_KIND.padding, 0));
  return { at: shown.length - 1, positions: [...shown, ...padding] };
}

it("every row is in one run, whole, with its place in the batch, and padded to the longest of its run", () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 100 }), (drawn) => {
      const rows = drawn.map(
        ({ events, begins }): MaskedRow => ({
          ids: events.map(({ id }) => id),
          codes: events.map(({ code }) => code),
          begins,
        }),
      );
      const runs = packRuns(
        rows.map((one, mark) => ({ row: one, table: mark % 3, offset: offsetOf(mark % 3) })),
      );
      const places = runs.flatMap((run) => run.places);
      expect(places.toSorted((a, b) => a - b)).toEqual(rows.map((_, index) => index));
      for (const run of runs) {
        const own = run.places.map((place) => rows[place] ?? expect.unreachable());
        expect(run.rows).toBe(own.length);
        expect(run.positions).toBe(
          Math.max(2, ...own.map(({ ids, begins }) => ids.length + (begins ? 2 : 1))),
        );
        for (const [at, one] of own.entries()) {
          const table = (run.places[at] ?? 0) % 3;
          const { at: mask, positions } = expectedOf(one, offsetOf(table), run.positions);
          expect(positionsIn(run, at)).toEqual(positions);
          expect(Number(run.at[at])).toBe(mask);
          expect(run.tables[at]).toBe(table);
        }
      }
    }),
  );
});
