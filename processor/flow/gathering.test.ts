import { describe, expect, it } from "vitest";
import { createGathering, type Waiting } from "./gathering.ts";
import { createLane } from "./lane.ts";

/** A lane whose first piece of work ends when it is told to. */
function heldLane() {
  const lane = createLane(1_000);
  const { promise, resolve } = Promise.withResolvers<void>();
  void lane.inTurn(() => promise);
  return { lane, open: resolve };
}

/** Answers each with the names of all that it was done together with. */
async function named(waiting: readonly Waiting<string, string>[]): Promise<void> {
  const all = waiting.map(({ item }) => item).join();
  for (const { answer } of waiting) answer(all);
}

describe("a gathering", () => {
  it("does at once what waits when its turn comes, in the order of the calls, up to the weight", async () => {
    const { lane, open } = heldLane();
    const gathering = createGathering<string, string>(lane, 10);
    const answers = [
      ["a", 4],
      ["b", 6],
      ["c", 11],
      ["d", 1],
    ].map(([name, weight]) => gathering.add(`${name}`, Number(weight), named));
    open();
    expect(await Promise.all(answers)).toEqual(["a,b", "a,b", "c", "d"]);
    expect(await gathering.add("e", 1, named)).toBe("e");
  });

  it("keeps its place among the other work of the lane", async () => {
    const { lane, open } = heldLane();
    const gathering = createGathering<string, string>(lane, 10);
    const done: string[] = [];
    const first = gathering.add("a", 1, named).then((all) => done.push(all));
    const other = lane.inTurn(async () => done.push("other"));
    const second = gathering.add("b", 1, named).then((all) => done.push(all));
    open();
    await Promise.all([first, other, second]);
    expect(done.toSorted()).toEqual(["a,b", "a,b", "other"]);
    expect(done.at(-1)).toBe("other");
  });

  it("tells how long each has waited", async () => {
    const { lane, open } = heldLane();
    let nowMs = 0;
    const gathering = createGathering<string, number>(lane, 10, () => nowMs);
    const waited = async (waiting: readonly Waiting<string, number>[]) => {
      for (const { waitedMs, answer } of waiting) answer(waitedMs);
    };
    const first = gathering.add("a", 1, waited);
    nowMs = 30;
    const second = gathering.add("b", 1, waited);
    nowMs = 70;
    open();
    expect(await Promise.all([first, second])).toEqual([70, 40]);
  });

  it("rejects those of a work that fails or forgets them, and goes on", async () => {
    const { lane, open } = heldLane();
    const gathering = createGathering<string, string>(lane, 10);
    const broken = async () => {
      throw new Error("broken");
    };
    const failed = [gathering.add("a", 1, broken), gathering.add("b", 1, broken)];
    open();
    for (const one of failed) await expect(one).rejects.toThrow("broken");
    await expect(gathering.add("c", 1, async () => undefined)).rejects.toThrow("without an answer");
    expect(await gathering.add("d", 1, named)).toBe("d");
  });
});
