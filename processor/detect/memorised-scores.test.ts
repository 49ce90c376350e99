import { expect, it } from "vitest";
import type { Choice } from "./choice.ts";
import type { EventScorer } from "./event-scorer.ts";
import { createMemorisedScores } from "./memorised-scores.ts";

const choice: Choice = {
  size: 1,
  table: () => ({ vectors: new Float32Array(1), residuals: undefined }),
  ids: [[0]],
  textAt: () => "a",
  textsForTable: () => [],
  revision: 1,
};
const window = { isStart: true, ids: [0, 1], codes: [0, 0] };
const signal = new AbortController().signal;

/** Weights that answer with the number of rows that they were asked for so far, and can be replaced. */
function counting(): { scorer: EventScorer & { version: string }; asked: () => number } {
  let asked = 0;
  const scorer = {
    version: "one",
    eventsMax: 20,
    residual: () => undefined,
    async score({ rows }: { readonly rows: readonly unknown[] }) {
      return rows.map(() => {
        asked += 1;
        return Float32Array.of(asked, 9);
      });
    },
  };
  return { scorer, asked: () => asked };
}

/** Asks about the window's places, each from memory where that has it. */
async function ask(memory: ReturnType<typeof createMemorisedScores>, of: Choice = choice, shown = window) {
  const hashes = memory.hashes(of, shown, 0, 2);
  const surprises: (number | undefined)[] = [];
  for (const [event, hash] of hashes.entries()) {
    const place = { window: shown, event, hash };
    const known = memory.recall(of, place) ?? (await memory.ask(of, [place], signal))[0];
    surprises.push(known?.surprises[0]);
  }
  return surprises;
}

it("asks other weights anew, and those before again from memory", async () => {
  const { scorer } = counting();
  const memory = createMemorisedScores(scorer, 10, () => 20);
  expect([await ask(memory), await ask(memory)]).toEqual([
    [1, 2],
    [1, 2],
  ]);
  scorer.version = "two";
  expect(await ask(memory)).toEqual([3, 4]);
  scorer.version = "one";
  expect(await ask(memory)).toEqual([1, 2]);
});

it("remembers nothing of a choice with strangers, nor for another choice", async () => {
  const { scorer } = counting();
  const memory = createMemorisedScores(scorer, 10, () => 20);
  const strange = { ...choice, revision: undefined };
  expect([await ask(memory, strange), await ask(memory, strange)]).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(await ask(memory)).toEqual([5, 6]);
  expect(await ask(memory, { ...choice, revision: 2 })).toEqual([7, 8]);
});

it("compares what was shown: the same hash alone proves nothing", async () => {
  const { scorer } = counting();
  const memory = createMemorisedScores(scorer, 10, () => 20);
  await ask(memory);
  const [, hash = 0] = memory.hashes(choice, window, 0, 2);
  const other = { isStart: true, ids: [1, 0], codes: [0, 0] };
  expect(memory.recall(choice, { window, event: 1, hash })?.surprises[0]).toBe(2);
  expect(memory.recall(choice, { window: other, event: 1, hash })).toBeUndefined();
  const otherCodes = { ...window, codes: [1, 0] };
  expect(memory.recall(choice, { window: otherCodes, event: 1, hash })).toBeUndefined();
  const goingOn = { ...window, isStart: false };
  expect(memory.recall(choice, { window: goingOn, event: 1, hash })).toBeUndefined();
});

it("asks a question once while the answer is on its way, and no longer", async () => {
  const { scorer, asked } = counting();
  const memory = createMemorisedScores(scorer, 10, () => 20);
  const places = [...memory.hashes(choice, window, 0, 2)].map((hash, event) => ({ window, event, hash }));
  const [first, second] = [
    memory.ask(choice, places.slice(0, 1), signal),
    memory.ask(choice, places, signal),
  ];
  expect(places.map(memory.isAsked)).toEqual([true, true]);
  expect((await first)[0]?.surprises[0]).toBe(1);
  expect((await second).map((one) => one?.surprises[0])).toEqual([1, 2]);
  expect(asked()).toBe(2);
  expect(places.map(memory.isAsked)).toEqual([false, false]);
});

it("fails for everybody who waits for an answer that does not come, and asks again", async () => {
  const { scorer } = counting();
  let isBroken = true;
  const score: EventScorer["score"] = async (...of) => {
    if (isBroken) throw new Error("broken");
    return scorer.score(...of);
  };
  const memory = createMemorisedScores({ ...scorer, score }, 10, () => 20);
  const [hash = 0] = memory.hashes(choice, window, 0, 1);
  const first = memory.ask(choice, [{ window, event: 0, hash }], signal);
  const second = memory.ask(choice, [{ window, event: 0, hash }], signal);
  await Promise.all([first, second].map((one) => expect(one).rejects.toThrow("broken")));
  isBroken = false;
  expect((await memory.ask(choice, [{ window, event: 0, hash }], signal))[0]?.surprises[0]).toBe(1);
});

it("gives a question up when nobody waits for it any more, and not before", async () => {
  const { scorer } = counting();
  const given: unknown[] = [];
  const score: EventScorer["score"] = (_, all) =>
    new Promise((_resolve, reject) =>
      all.addEventListener("abort", () => {
        given.push(all.reason);
        reject(all.reason);
      }),
    );
  const memory = createMemorisedScores({ ...scorer, score }, 10, () => 20);
  const [hash = 0] = memory.hashes(choice, window, 0, 1);
  const senders = [new AbortController(), new AbortController()] as const;
  const answers = senders.map((sender) => memory.ask(choice, [{ window, event: 0, hash }], sender.signal));
  senders[0].abort("first gone");
  expect(given).toEqual([]);
  senders[1].abort("all gone");
  expect(given).toEqual(["all gone"]);
  for (const answer of answers) await expect(answer).rejects.toBe("all gone");
});

it("asks anew what the only one who had asked has just given up", async () => {
  const { scorer } = counting();
  const score: EventScorer["score"] = async (batch, given) => {
    await new Promise((resolve, reject) => {
      given.addEventListener("abort", () => reject(given.reason), { once: true });
      setImmediate(resolve);
    });
    return scorer.score(batch, given);
  };
  const memory = createMemorisedScores({ ...scorer, score }, 10, () => 20);
  const [hash = 0] = memory.hashes(choice, window, 0, 1);
  const places = [{ window, event: 0, hash }];
  const leaving = new AbortController();
  const first = memory.ask(choice, places, leaving.signal);
  leaving.abort(new Error("gone"));
  const second = memory.ask(choice, places, signal);
  await expect(first).rejects.toThrow("gone");
  expect(places.map(memory.isAsked)).toEqual([true]);
  expect((await second)[0]?.surprises[0]).toBe(1);
  expect(places.map(memory.isAsked)).toEqual([false]);
});
