import { describe, expect, it } from "vitest";
import { createLane } from "./lane.ts";

describe("a lane", () => {
  it("has room for so many records, and takes one request that has more when it is alone", () => {
    const lane = createLane(100);
    const large = lane.enter(150);
    expect(large).toBeDefined();
    expect(lane.enter(1)).toBeUndefined();
    large?.leave();
    large?.leave();
    expect(lane.recordsInWork).toBe(0);
    expect([lane.enter(60), lane.enter(40), lane.enter(1)].map((place) => place !== undefined)).toEqual([
      true,
      true,
      false,
    ]);
    expect(lane.recordsInWork).toBe(100);
  });

  it("does one piece of work after the other in the order of the calls, whatever becomes of it", async () => {
    const lane = createLane(100);
    const done: string[] = [];
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const first = lane.inTurn(async () => {
      await gate;
      done.push("first");
      throw new Error("broken");
    });
    const second = lane.inTurn(async () => done.push("second"));
    const third = lane.inTurn(async () => done.push("third"));
    open();
    await expect(first).rejects.toThrow("broken");
    await Promise.all([second, third]);
    expect(done).toEqual(["first", "second", "third"]);
    await lane.drained();
  });
});
