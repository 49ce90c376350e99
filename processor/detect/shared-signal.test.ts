import { getEventListeners } from "node:events";
import { expect, it } from "vitest";
import { createSharedSignal } from "./shared-signal.ts";

const LATE = new Error("late");

it("aborts when the last of those who wait is not there any more, with its reason", () => {
  const { signal, join } = createSharedSignal();
  const [one, other, third] = [new AbortController(), new AbortController(), new AbortController()];
  join(one.signal);
  join(one.signal);
  join(other.signal);
  const leave = join(third.signal);
  one.abort(new Error("gone"));
  leave();
  expect(signal.aborted).toBe(false);
  other.abort(LATE);
  expect(signal.reason).toBe(LATE);
});

it("lets go of everybody with the end of the work, which nothing aborts afterwards", () => {
  const { signal, join, end } = createSharedSignal();
  const lasting = new AbortController();
  join(lasting.signal);
  const leave = join(lasting.signal);
  end();
  join(lasting.signal);
  leave();
  expect(getEventListeners(lasting.signal, "abort")).toEqual([]);
  lasting.abort(LATE);
  expect(signal.aborted).toBe(false);
});
