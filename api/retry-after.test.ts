import { expect, it } from "vitest";
import { retryAfterMs } from "./retry-after.ts";

it("reads Retry-After in seconds and as a date", () => {
  expect(retryAfterMs("30", 0)).toBe(30_000);
  expect(retryAfterMs("Thu, 01 Jan 1970 00:01:00 GMT", 10_000)).toBe(50_000);
  expect(retryAfterMs("Thu, 01 Jan 1970 00:01:00 GMT", 90_000)).toBe(0);
  expect(retryAfterMs("soon", 0)).toBeUndefined();
  expect(retryAfterMs(null, 0)).toBeUndefined();
});
