import { expect, it } from "vitest";
import { createTurns } from "./turns.ts";

it("lets so many work at a time, the others in their order, and goes on when one fails", async () => {
  const turns = createTurns(2, 9);
  const begun: number[] = [];
  const works = Array.from({ length: 5 }, () => Promise.withResolvers<number>());
  const answers = works.map(({ promise }, i) =>
    turns.take(() => {
      begun.push(i);
      return promise;
    }),
  );
  const settled = Promise.allSettled(answers);
  await Promise.resolve();
  expect(begun).toEqual([0, 1]);
  works[1]?.reject(new Error("broken"));
  await expect(answers[1]).rejects.toThrow("broken");
  expect(begun).toEqual([0, 1, 2]);
  for (const [i, { resolve }] of works.entries()) resolve(i);
  await settled;
  expect(begun).toEqual([0, 1, 2, 3, 4]);
  expect(await turns.take(async () => "free again")).toBe("free again");
});

it("is full while as many wait as may, which those who are worked on do not", async () => {
  const turns = createTurns(1, 2);
  const works = Array.from({ length: 3 }, () => Promise.withResolvers<void>());
  const answers = works.map(({ promise }) => {
    expect(turns.isFull()).toBe(false);
    return turns.take(() => promise);
  });
  expect(turns.isFull()).toBe(true);
  works[0]?.resolve();
  await answers[0];
  expect(turns.isFull()).toBe(false);
  for (const { resolve } of works) resolve();
  await Promise.all(answers);
});
