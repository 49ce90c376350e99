import { expect, it } from "vitest";
import { toBatches } from "./to-batches.ts";

const message = (key: string, bytes: number) => ({
  topic: "out",
  key: Buffer.from(key),
  value: Buffer.alloc(bytes),
});

it("keeps the order, and counts keys and what each message has besides", () => {
  const messages = Array.from({ length: 100 }, (_, i) => message(`service-${i}`, 20));
  const batches = toBatches(messages, 1_000);
  expect(batches.flat()).toEqual(messages);
  for (const batch of batches) expect(batch.length * (9 + 20 + 21)).toBeLessThanOrEqual(1_000);
});

it("lets a message alone that is larger than a batch", () => {
  const messages = [message("a", 10), message("b", 5_000), message("c", 10)];
  expect(toBatches(messages, 1_000).map((batch) => batch.length)).toEqual([1, 1, 1]);
});

it("has no batch of nothing", () => {
  expect(toBatches([], 1_000)).toEqual([]);
});
