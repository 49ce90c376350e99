import { describe, expect, it } from "vitest";
import { createOrderTrack, follow, type OrderTrack } from "./order-track.ts";

/** Numerical Recipes' generator. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A template that came so often where it always comes, once a second. */
function habitual(events: number): OrderTrack {
  const track = createOrderTrack();
  for (let i = 0; i < events; i += 1) follow(track, 0.1, 1_000 * i);
  return track;
}

describe("one template's track", () => {
  it.each([1, 2, 3])("promises what chance keeps, whatever usually surprises (seed %i)", (seed) => {
    const random = seeded(seed);
    const levels: number[] = [];
    const track = createOrderTrack();
    for (let i = 0; i < 100_000; i += 1) levels.push(follow(track, -1.5 * Math.log(1 - random()), 10 * i));
    for (const level of [3, 5, 7]) {
      const share = levels.filter((one) => one >= level).length / levels.length;
      expect(share, `${level}`).toBeLessThanOrEqual(Math.exp(-level));
    }
  });

  it("proves nothing by one odd event, and much by five", () => {
    const track = habitual(1_000);
    const levels = Array.from({ length: 5 }, (_, i) => follow(track, 8, 1_000_000 + 1_000 * i));
    expect(levels[0]).toBeLessThan(4);
    expect(levels[4]).toBeGreaterThan(14);
    expect(track).toMatchObject({ times: 5, sinceMs: 1_000_000 });
  });

  it("proves nothing where little is known", () => {
    const track = habitual(20);
    const levels = Array.from({ length: 20 }, (_, i) => follow(track, 8, 20_000 + 1_000 * i));
    expect(Math.max(...levels)).toBeLessThan(4);
  });

  it("speaks of the odd events alone, and is over when usual ones come", () => {
    const track = habitual(1_000);
    for (let i = 0; i < 5; i += 1) follow(track, 8, 1_000_000 + i);
    for (let i = 0; i < 20; i += 1) expect(follow(track, 0.1, 1_000_010 + i)).toBe(0);
    expect(track).toMatchObject({ level: 0, times: 0 });
  });

  it("adds nothing up that came hours apart", () => {
    const track = habitual(1_000);
    for (let i = 1; i <= 5; i += 1) expect(follow(track, 8, 1_000_000 + 7_200_000 * i)).toBeLessThan(4);
  });

  it("takes a new order for a habit in the end", () => {
    const track = habitual(1_000);
    let last = 0;
    for (let i = 0; i < 5_000; i += 1) last = follow(track, 8, 1_000_000 + 1_000 * i);
    expect(last).toBe(0);
  });
});
