import { expect, it } from "vitest";
import { createIsCommitted } from "./fetch-answer.ts";

const TRANSACTIONAL = 0b010000;
const MARK = 0b110000;

const batch = (at: number, attributes: number, producerId: bigint, messages = 1) => ({
  firstOffset: BigInt(at),
  lastOffsetDelta: messages - 1,
  attributes,
  producerId,
});

it("leaves out every aborted transaction of a producer, and no other", () => {
  const isCommitted = createIsCommitted([
    { producerId: 7n, firstOffset: 8n },
    { producerId: 7n, firstOffset: 0n },
  ]);
  const batches = [
    batch(0, TRANSACTIONAL, 7n, 2),
    batch(2, TRANSACTIONAL, 8n),
    batch(3, MARK, 7n),
    batch(4, TRANSACTIONAL, 7n),
    batch(5, MARK, 7n),
    batch(6, 0, -1n),
    batch(7, MARK, 8n),
    batch(8, TRANSACTIONAL, 7n),
    batch(9, 0, 7n),
    batch(10, MARK, 7n),
    batch(11, TRANSACTIONAL, 7n),
  ];
  const read = batches.filter(isCommitted).map(({ firstOffset }) => Number(firstOffset));
  expect(read).toEqual([2, 4, 6, 9, 11]);
});

it("leaves out an aborted transaction whose end, or whose beginning, is in another answer", () => {
  const isCommitted = createIsCommitted([{ producerId: 7n, firstOffset: 3n }]);
  expect([batch(5, TRANSACTIONAL, 7n), batch(6, TRANSACTIONAL, 8n)].map(isCommitted)).toEqual([false, true]);
});
