import { describe, expect, it } from "vitest";
import { createBreaker } from "./breaker.ts";

function breakerAt() {
  const clock = { ms: 0 };
  const breaker = createBreaker({ failuresMax: 3, pauseMs: 100, pauseMsMax: 300, now: () => clock.ms });
  const fail = (times: number) => {
    for (let i = 0; i < times; i += 1) breaker.tell("failed");
  };
  return { clock, breaker, fail };
}

describe("a breaker", () => {
  it("lets nobody ask after so many failures in a row", () => {
    const { breaker, fail } = breakerAt();
    fail(2);
    breaker.tell("answered");
    fail(2);
    expect(breaker.admits()).toBe(true);
    fail(1);
    expect(breaker.admits()).toBe(false);
  });

  it("lets one through when its pause is over, and everybody once that one was answered", () => {
    const { clock, breaker, fail } = breakerAt();
    fail(3);
    clock.ms = 99;
    expect(breaker.admits()).toBe(false);
    clock.ms = 100;
    expect([breaker.admits(), breaker.admits()]).toEqual([true, false]);
    breaker.tell("answered");
    expect([breaker.admits(), breaker.admits()]).toEqual([true, true]);
  });

  it("pauses twice as long after each probe that fails, up to a bound", () => {
    const { clock, breaker, fail } = breakerAt();
    fail(3);
    for (const pauseMs of [100, 200, 300, 300]) {
      clock.ms += pauseMs - 1;
      expect(breaker.admits()).toBe(false);
      clock.ms += 1;
      expect(breaker.admits()).toBe(true);
      breaker.tell("failed");
    }
  });

  it("learns nothing from having had no time to ask, and probes again", () => {
    const { clock, breaker, fail } = breakerAt();
    for (let i = 0; i < 10; i += 1) breaker.tell("busy");
    expect(breaker.admits()).toBe(true);
    fail(3);
    clock.ms = 100;
    breaker.admits();
    breaker.tell("busy");
    expect(breaker.admits()).toBe(false);
    clock.ms = 200;
    expect(breaker.admits()).toBe(true);
  });

  it("is not held open by those that were asked before it opened", () => {
    const { clock, breaker, fail } = breakerAt();
    fail(3);
    clock.ms = 90;
    fail(5);
    clock.ms = 100;
    expect(breaker.admits()).toBe(true);
  });
});
