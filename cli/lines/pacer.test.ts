import { expect, it } from "vitest";
import { parsePlain } from "../../processor/receive/lines/plain.ts";
import { createPacer } from "./pacer.ts";

/** Seconds of lines, as they are sent at which time of a clock that goes only while somebody sleeps. */
async function play(lines: readonly string[], speed: number) {
  const stop = new AbortController();
  let nowMs = 5_000;
  const sent: [number, string[]][] = [];
  const pacer = createPacer({
    speed,
    clock: {
      now: () => nowMs,
      sleep: async (ms) => {
        nowMs += ms;
      },
    },
    signal: stop.signal,
    send: async (batch) => void sent.push([nowMs - 5_000, batch.map(({ body }) => body.slice(-1))]),
  });
  for (const line of lines) await pacer.push(parsePlain(line, 0));
  await pacer.flush();
  return sent;
}
const at = (seconds: string, text: string) => `2026-01-05T08:00:${seconds}Z ${text}`;

it("sends nothing for nothing", async () => {
  expect(await play([], 1)).toEqual([]);
});

it("keeps the rhythm", async () => {
  expect(await play([at("00", "a"), at("01", "b"), at("01.02", "c"), at("03", "d")], 1)).toEqual([
    [0, ["a"]],
    [1_000, ["b", "c"]],
    [3_000, ["d"]],
  ]);
});

it("is so many times as fast", async () => {
  expect(await play([at("00", "a"), at("10", "b")], 10)).toEqual([
    [0, ["a"]],
    [1_000, ["b"]],
  ]);
  expect(await play([at("00", "a"), at("01", "b")], 0.5)).toEqual([
    [0, ["a"]],
    [2_000, ["b"]],
  ]);
});

it("never waits at the greatest speed", async () => {
  expect(await play([at("00", "a"), at("50", "b")], Number.POSITIVE_INFINITY)).toEqual([[0, ["a", "b"]]]);
});

it("does not turn back for an older record, nor stop for one without a time", async () => {
  expect(await play([at("02", "a"), "no time b", at("01", "c"), at("03", "d")], 1)).toEqual([
    [0, ["a", "b", "c"]],
    [1_000, ["d"]],
  ]);
});

it("sends long runs in parts", async () => {
  const sent = await play(
    Array.from({ length: 1_200 }, () => "x"),
    1,
  );
  expect(sent.map(([, lines]) => lines.length)).toEqual([500, 500, 200]);
});
