import { expect, it } from "vitest";
import { lazily } from "./lazily.ts";

it("is made when it is asked for, and once", async () => {
  let times = 0;
  const lazy = lazily(async () => {
    times += 1;
    return times;
  });
  expect(lazy.made()).toBeUndefined();
  expect(await Promise.all([lazy.get(), lazy.get()])).toEqual([1, 1]);
  expect(await lazy.made()).toBe(1);
});

it("is tried again when it could not be made", async () => {
  let times = 0;
  const lazy = lazily(async () => {
    times += 1;
    if (times === 1) throw new Error("not yet");
    return times;
  });
  await expect(lazy.get()).rejects.toThrow("not yet");
  expect(lazy.made()).toBeUndefined();
  expect(await lazy.get()).toBe(2);
});
