import { describe, expect, it } from "vitest";
import { freshWindow } from "../../test/helpers/detector-windows.ts";
import { writeStreamStates } from "./stream-states.ts";
import { createTakenOver } from "./taken-over.ts";

const IDLE_MS = 60_000;
const REMEMBERED_MS = 600_000;
const { events, session } = freshWindow([{ template: "t0" }]);
const stateOf = (streams: readonly string[], areAll = true) =>
  writeStreamStates(
    streams.map((stream) => [stream, { isWhole: true, events, session }]),
    areAll,
  );

describe("a stream of a service that was elsewhere before", () => {
  it("goes on once just where an exact end says, and another one begins", () => {
    const takenOver = createTakenOver(IDLE_MS);
    takenOver.add("shop", stateOf(["a"]), true, 0);
    expect(takenOver.before("shop", "a", 1)).toMatchObject({ isBroken: false, isMidway: false });
    for (const stream of ["a", "b"])
      expect(takenOver.before("shop", stream, 1)).toEqual({
        state: undefined,
        isBroken: false,
        isMidway: false,
      });
  });

  it("may have begun before where the end is none, or not all is known, as long as it could go on", () => {
    for (const [state, isLast] of [
      [stateOf(["a"]), false],
      [stateOf(["a"], false), true],
      [undefined, false],
    ] as const) {
      const takenOver = createTakenOver(IDLE_MS);
      takenOver.add("shop", state, isLast, 0);
      expect(takenOver.before("shop", "b", IDLE_MS)?.isMidway).toBe(true);
      expect(takenOver.before("shop", "b", IDLE_MS + 1)?.isMidway).toBe(false);
    }
  });

  it("goes on over a hole after records that were not seen", () => {
    const takenOver = createTakenOver(IDLE_MS);
    takenOver.add("shop", stateOf(["a"]), true, 0);
    takenOver.skip();
    expect(takenOver.before("shop", "a", 1)).toMatchObject({ isBroken: true, isMidway: true });
  });

  it("begins anew where the state cannot be read, which is told", () => {
    const takenOver = createTakenOver(IDLE_MS);
    expect(() => takenOver.add("shop", { version: 2 }, true, 0)).toThrow("not usable");
    expect(takenOver.before("shop", "a", 1)).toMatchObject({ state: undefined, isMidway: true });
  });
});

it("a service is all here again when each of its streams has gone on, or none can any more", () => {
  const takenOver = createTakenOver(IDLE_MS);
  expect(takenOver.isPast("shop", 0)).toBe(true);
  takenOver.add("shop", stateOf(["a"]), true, 0);
  expect(takenOver.isPast("shop", 1)).toBe(false);
  takenOver.before("shop", "a", 1);
  expect(takenOver.isPast("shop", 1)).toBe(true);
  takenOver.add("shop", undefined, false, 0);
  expect([IDLE_MS, IDLE_MS + 1].map((nowMs) => takenOver.isPast("shop", nowMs))).toEqual([false, true]);
});

it("what nobody has gone on from for long is let go of", () => {
  const takenOver = createTakenOver(IDLE_MS);
  takenOver.add("shop", stateOf(["a"]), false, 0);
  takenOver.forgetOld(REMEMBERED_MS);
  expect(takenOver.sinceMs("shop", 0)).toBe(0);
  takenOver.forgetOld(REMEMBERED_MS + 1);
  expect(takenOver.sinceMs("shop", 0)).toBeUndefined();
});
