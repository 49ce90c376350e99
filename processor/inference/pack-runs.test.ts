import fc from "fast-check";
import { expect, it } from "vitest";
import { type MaskedRow, POSITION_KIND } from "../detect/event-scorer.ts";
import { PARAMETER_FEATURES } from "../detect/parameter-features.ts";
import { packRuns } from "./pack-runs.ts";

const rowOf = (length: number, mark: number): MaskedRow => ({
  ids: new Array<number>(length).fill(mark),
  kinds: new Array<number>(length).fill(POSITION_KIND.event),
  severities: new Array<number>(length).fill(3),
  gaps: new Array<number>(length).fill(0.5),
  parameters: new Array<number>(length * PARAMETER_FEATURES).fill(1),
  at: length - 1,
});

it("every row is in one run, whole, with its place in the batch, and padded to the longest of its run", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 22 }), { maxLength: 100 }), (lengths) => {
      const runs = packRuns(
        lengths.map((length, mark) => ({ row: rowOf(length, mark), table: mark % 3, offset: 1_000 })),
      );
      const places = runs.flatMap((run) => run.places);
      expect(places.toSorted((a, b) => a - b)).toEqual(lengths.map((_, index) => index));
      for (const run of runs) {
        const own = run.places.map((place) => lengths[place] ?? 0);
        expect(run.rows).toBe(own.length);
        expect(run.positions).toBe(Math.max(2, ...own));
        for (const [row, place] of run.places.entries()) {
          const at = row * run.positions;
          const ids = [...run.ids.subarray(at, at + run.positions)].map(Number);
          const length = lengths[place] ?? 0;
          expect(ids).toEqual(
            Array.from({ length: run.positions }, (_, i) => (i < length ? place + 1_000 : 0)),
          );
          expect(run.tables[row]).toBe(place % 3);
          expect(Number(run.kinds[at + run.positions - 1])).toBe(
            length === run.positions ? POSITION_KIND.event : POSITION_KIND.padding,
          );
          expect(Number(run.at[row])).toBe(length - 1);
        }
      }
    }),
  );
});
