import { expect, it } from "vitest";
import { createTurns } from "./turns.ts";

it("lets so many work at a time, the others in their order, and goes on when one fails", async () => {
  const turns = createTurns(2);
  const begun: number[] = [];
  const works = Array.from({ length: 5 }, () => Promise.withResolvers<number>());
  const answers = works.map(({ promise }, i) =>
    turns(() => {
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
  expect(await turns(async () => "free again")).toBe("free again");
});
