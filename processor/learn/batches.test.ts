import { describe, expect, it } from "vitest";
import { POSITION_KIND } from "../detect/event-scorer.ts";
import { createBatch } from "./batches.ts";
import type { Sequence } from "./corpus.ts";
import { EVENTS_MAX } from "./draw-window.ts";
import { createKeyedRandom } from "./keyed-random.ts";
import { batchesPerEpoch, createUnits, endsOf, planEpoch } from "./units.ts";

const SHAPE = { rows: 64, positions: 22, candidates: 256, masked: 256, features: 4 };
const KIND = { event: BigInt(POSITION_KIND.event), mask: BigInt(POSITION_KIND.mask) };

/** 0, 1, 2, … again and again, so that what must stand anywhere is known from a neighbour. */
function counting(length: number, templates: number, from = 0): Sequence {
  return {
    templates: Uint16Array.from({ length }, (_, i) => (from + i) % templates),
    severities: new Uint8Array(length).fill(3),
    gaps: new Float32Array(length).fill(1.3),
    parameters: undefined,
    begins: true,
    ends: true,
  };
}

function serviceOf(sequences: readonly Sequence[], templates: number) {
  return { train: sequences, templates: Array.from({ length: templates }, (_, i) => `template ${i}`) };
}

function batchOf(service: ReturnType<typeof serviceOf>, seed = 1, shape = SHAPE) {
  const units = createUnits([service]);
  const [chosen = new Uint32Array()] = planEpoch(units, shape.rows, new Uint8Array(units.count), seed, 0);
  return createBatch(service, units, chosen, shape, createKeyedRandom(seed));
}

/** Of each row: the masked positions, and how many positions are no padding. */
function maskedPositions({ rows, at, weights }: ReturnType<typeof createBatch>) {
  const places = [...at].filter((_, i) => weights[i] === 1).map(Number);
  return Array.from({ length: rows.rows }, (_, row) => {
    const start = row * rows.positions;
    const padding = rows.kinds.subarray(start, start + rows.positions).indexOf(BigInt(POSITION_KIND.padding));
    return {
      positions: places.map((place) => place - start).filter((p) => p >= 0 && p < rows.positions),
      length: padding < 0 ? rows.positions : padding,
    };
  });
}

describe("an epoch", () => {
  const services = [
    serviceOf([counting(100, 10), counting(7, 10)], 10),
    serviceOf(
      Array.from({ length: 200 }, () => counting(20, 5)),
      5,
    ),
  ];
  const units = createUnits(services);

  it("has one window for every ten places where one can end", () => {
    const ends = services.flatMap(({ train }) => train.map((sequence) => Math.ceil(endsOf(sequence) / 10)));
    expect(units.count).toBe(ends.reduce((a, b) => a + b, 0));
  });

  it("takes every unit, in batches of one service each", () => {
    const batches = planEpoch(units, 64, new Uint8Array(units.count), 7, 0);
    expect(batches).toHaveLength(batchesPerEpoch(units, 64));
    expect(new Set(batches.flatMap((batch) => [...batch])).size).toBe(units.count);
    for (const batch of batches) expect(new Set([...batch].map((unit) => units.services[unit])).size).toBe(1);
  });

  it("has an order of its own, which the seed gives again", () => {
    const plan = (seed: number, epoch: number) =>
      planEpoch(units, 64, new Uint8Array(units.count), seed, epoch);
    expect(plan(7, 3)).toEqual(plan(7, 3));
    expect(plan(7, 3)).not.toEqual(plan(7, 4));
    expect(plan(7, 3)).not.toEqual(plan(8, 3));
  });

  it("leaves out what is to be skipped, and has as many batches as ever", () => {
    const skipped = new Uint8Array(units.count);
    skipped[3] = 1;
    const batches = planEpoch(units, 64, skipped, 7, 1);
    expect(batches).toHaveLength(batchesPerEpoch(units, 64));
    expect(batches.some((batch) => batch.includes(3))).toBe(false);
  });
});

describe("a batch", () => {
  const service = serviceOf([counting(400, 10), counting(9, 10), counting(400, 10, 5)], 10);
  const batches = Array.from({ length: 20 }, (_, seed) => batchOf(service, seed));

  it("is the same for the same seed", () => {
    expect(batchOf(service, 3)).toEqual(batchOf(service, 3));
    expect(batchOf(service, 3).rows.ids).not.toEqual(batchOf(service, 4).rows.ids);
  });

  it("masks something in every row, the last position alone in about half of them", () => {
    const masked = batches.flatMap(maskedPositions);
    expect(masked.every(({ positions }) => positions.length > 0)).toBe(true);
    const alone = masked.filter(
      ({ positions, length }) => positions.length === 1 && positions[0] === length - 1,
    );
    expect(alone.length / masked.length).toBeGreaterThan(0.45);
    expect(alone.length / masked.length).toBeLessThan(0.65);
  });

  it("hides what it asks for", () => {
    for (const { rows, at, weights } of batches) {
      for (const [i, place] of at.entries()) {
        if (weights[i] !== 1) continue;
        const cell = Number(place);
        expect(rows.kinds[cell]).toBe(KIND.mask);
        expect([rows.ids[cell], rows.severities[cell], rows.gaps[cell]]).toEqual([0n, 0n, 0]);
      }
    }
  });

  it("asks only for what really stood there, disturbed windows too", () => {
    let asked = 0;
    for (const { rows, at, targets, weights } of batches) {
      for (const [i, place] of at.entries()) {
        const cell = Number(place);
        const neighbours = [rows.ids[cell - 1], rows.ids[cell + 1]];
        const areEvents = rows.kinds[cell - 1] === KIND.event && rows.kinds[cell + 1] === KIND.event;
        if (weights[i] !== 1 || !areEvents || cell % SHAPE.positions < 2) continue;
        const [before = 0n, after = 0n] = neighbours;
        // A neighbour may be disturbed, both cannot be: one of them tells the target in the counting language.
        expect([(before + 1n) % 10n, (after + 9n) % 10n]).toContain(targets[i]);
        asked += 1;
      }
    }
    expect(asked).toBeGreaterThan(500);
  });

  it("disturbs about a tenth of the windows", () => {
    let disturbed = 0;
    for (const { rows } of batches) {
      for (let row = 0; row < SHAPE.rows; row += 1) {
        const cells = Array.from({ length: SHAPE.positions - 1 }, (_, i) => row * SHAPE.positions + i);
        const isOdd = cells.some(
          (cell) =>
            rows.kinds[cell] === KIND.event &&
            rows.kinds[cell + 1] === KIND.event &&
            rows.ids[cell + 1] !== ((rows.ids[cell] ?? 0n) + 1n) % 10n,
        );
        if (isOdd) disturbed += 1;
      }
    }
    expect(disturbed / (batches.length * SHAPE.rows)).toBeGreaterThan(0.04);
    expect(disturbed / (batches.length * SHAPE.rows)).toBeLessThan(0.13);
  });

  it("asks for the end of a session, and never for more events than a window holds", () => {
    const sessions = serviceOf(
      Array.from({ length: 64 }, () => counting(25, 10)),
      10,
    );
    const drawn = Array.from({ length: 10 }, (_, seed) => batchOf(sessions, seed));
    expect(drawn.some(({ targets }) => targets.includes(BigInt(SHAPE.candidates)))).toBe(true);
    for (const { rows } of drawn)
      for (let row = 0; row < SHAPE.rows; row += 1) {
        const kinds = rows.kinds.subarray(row * SHAPE.positions, (row + 1) * SHAPE.positions);
        expect(kinds.filter((kind) => kind === KIND.event).length).toBeLessThanOrEqual(EVENTS_MAX);
      }
  });
});

describe("a service with more templates than a step has candidates", () => {
  const shape = { ...SHAPE, candidates: 40 };
  const many = serviceOf([counting(2_000, 1_000)], 1_000);

  it("chooses between those of the windows and others, without doubles", () => {
    const { candidates } = batchOf(many, 1, shape);
    expect(candidates).toHaveLength(40);
    expect(new Set(candidates).size).toBe(40);
  });

  it("asks only for candidates, and leaves out windows that do not fit", () => {
    const { candidates, targets, weights, rows, at } = batchOf(many, 1, shape);
    const asked = weights.reduce((a, b) => a + b, 0);
    expect(asked).toBeGreaterThan(0);
    for (let i = 0; i < asked; i += 1) {
      const before = Number(at[i]) - 1;
      if (rows.kinds[before] !== KIND.event || targets[i] === BigInt(shape.candidates)) continue;
      expect(Number(targets[i])).toBeLessThan(candidates.length);
    }
  });
});

it("keeps a place for every row when there are few for masked positions", () => {
  const shape = { ...SHAPE, masked: 64 };
  const { weights, at } = batchOf(serviceOf([counting(2_000, 10)], 10), 1, shape);
  expect(weights.every((weight) => weight === 1)).toBe(true);
  expect(new Set([...at].map((place) => Math.floor(Number(place) / shape.positions))).size).toBe(64);
});
