import { expect, it } from "vitest";
import { createBreathe } from "./breathe.ts";

/** How many turns the event loop takes until the work has ended. */
async function turnsDuring(work: Promise<unknown>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  await work;
  isOver = true;
  return turns;
}

it("goes on in the same turn as long as there is time", async () => {
  const breathe = createBreathe(Number.POSITIVE_INFINITY);
  const work = async () => {
    for (let i = 0; i < 100; i += 1) await breathe();
  };
  expect(await turnsDuring(work())).toBe(0);
});

it("gives each turn to one piece of work, in the order of their calls", async () => {
  const breathe = createBreathe(0);
  const order: string[] = [];
  const work = async (name: string) => {
    for (let i = 0; i < 3; i += 1) {
      await breathe();
      order.push(name);
    }
  };
  const turns = await turnsDuring(Promise.all(["a", "b", "c"].map(work)));
  expect(order.join("")).toBe("abcabcabc");
  expect(turns).toBeGreaterThanOrEqual(8);
});
