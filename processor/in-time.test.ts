import { describe, expect, it } from "vitest";
import { inTime } from "./in-time.ts";

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

  it("is left behind when it never ends", async () => {
    const failures: unknown[] = [];
    await inTime(new Promise(() => undefined), (reason) => failures.push(reason), 1);
    expect(failures.map(String)).toEqual(["Error: it did not end within 1 ms"]);
  });
});
