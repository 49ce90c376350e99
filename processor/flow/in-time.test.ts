import { afterEach, describe, expect, it, vi } from "vitest";
import { inTime } from "./in-time.ts";

afterEach(() => vi.useRealTimers());

describe("a step of a stop", () => {
  it("is waited for", async () => {
    const failures: unknown[] = [];
    await inTime(Promise.resolve(1), (reason) => failures.push(reason));
    expect(failures).toEqual([]);
  });

  it("is told of when it fails, and the stop goes on", async () => {
    const failures: unknown[] = [];
    await inTime(Promise.reject(new Error("full")), (reason) => failures.push(reason));
    expect(failures.map(String)).toEqual(["Error: full"]);
  });

  it("is not left behind while it says that it goes on", async () => {
    vi.useFakeTimers();
    const failures: unknown[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    let goesOn = () => {};
    const waited = inTime(
      (tell) => {
        goesOn = tell;
        return promise;
      },
      (reason) => failures.push(reason),
      1_000,
    );
    for (let i = 0; i < 10; i += 1) {
      await vi.advanceTimersByTimeAsync(900);
      goesOn();
    }
    expect(failures).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(failures.map(String)).toEqual(["Error: it did not end within 1000 ms"]);
    resolve();
    await waited;
  });

  it("is left behind when it never ends", async () => {
    const failures: unknown[] = [];
    await inTime(new Promise(() => undefined), (reason) => failures.push(reason), 1);
    expect(failures.map(String)).toEqual(["Error: it did not end within 1 ms"]);
  });
});
