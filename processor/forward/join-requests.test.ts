import { describe, expect, it } from "vitest";
import { encodeRequest } from "../wire/encode.ts";
import { readRequest } from "../wire/read-request.ts";
import type { ForwardOutcome } from "./forward-outcome.ts";
import { joinRequests, SMALL_BYTES } from "./join-requests.ts";

const never = new AbortController().signal;
const ok: ForwardOutcome = { kind: "accepted", rejectedRecords: 0, message: "" };
const away: ForwardOutcome = { kind: "retry", afterMs: 5, message: "away" };
const bad: ForwardOutcome = { kind: "refused", reason: "malformed", message: "bad" };

const requestOf = (...bodies: readonly string[]) =>
  encodeRequest([
    { attributes: { "service.name": "shop" }, records: bodies.map((body) => ({ timeUnixNano: 1n, body })) },
  ]);
const bodiesOf = (bytes: Uint8Array) => readRequest(bytes).records.map(({ body }) => body);

interface Sent {
  readonly body: Uint8Array;
  readonly bodies: readonly string[];
  readonly signal: AbortSignal;
  readonly answer: (outcome: ForwardOutcome | Error) => Promise<void>;
}

/** A next hop that answers when it is told to. */
function joiner(
  options: { readonly concurrency?: number; readonly bytesMax?: number; readonly waitMsMax?: number } = {},
) {
  const sent: Sent[] = [];
  const clock = { ms: 0 };
  const joined = joinRequests(
    {
      send: (body, signal) => {
        const { promise, resolve, reject } = Promise.withResolvers<ForwardOutcome>();
        const answer = async (outcome: ForwardOutcome | Error) => {
          if (outcome instanceof Error) reject(outcome);
          else resolve(outcome);
          // What the answer sets off has happened when the queue of promises is empty.
          await new Promise(setImmediate);
        };
        sent.push({ body, bodies: bodiesOf(body), signal, answer });
        return promise;
      },
      close: async () => undefined,
    },
    { bytesMax: 4_096, concurrency: 1, waitMsMax: 600_000, now: () => clock.ms, ...options },
  );
  const bodies = () => sent.map((one) => one.bodies);
  const answer = (index: number, outcome: ForwardOutcome | Error) => sent[index]?.answer(outcome);
  return {
    send: (body: Uint8Array, signal = never) => joined.send(body, signal),
    sent,
    bodies,
    answer,
    clock,
  };
}

describe("while the line is free", () => {
  it("a request goes at once, as the very same bytes", async () => {
    const { send, sent, answer } = joiner({ concurrency: 2 });
    const [first, second] = [requestOf("a"), requestOf("b")];
    const outcomes = Promise.all([send(first), send(second)]);
    expect(sent.map(({ body }) => body)).toEqual([first, second]);
    await answer(0, ok);
    await answer(1, away);
    expect(await outcomes).toEqual([ok, away]);
  });
});

describe("while others are on their way", () => {
  it("what comes waits and goes on together, in the order of arrival, up to the largest message", async () => {
    const { send, bodies, answer } = joiner({ bytesMax: 3 * requestOf("a").length });
    const outcomes = Promise.all([..."abcdef"].map((body) => send(requestOf(body))));
    expect(bodies()).toEqual([["a"]]);
    await answer(0, ok);
    expect(bodies()).toEqual([["a"], ["b", "c", "d"]]);
    await answer(1, ok);
    expect(bodies()[2]).toEqual(["e", "f"]);
    await answer(2, ok);
    expect(await outcomes).toEqual(Array.from({ length: 6 }, () => ok));
  });

  it("a large request has what waits before it sent first, and goes at once", async () => {
    const { send, sent } = joiner();
    const large = requestOf("x".repeat(SMALL_BYTES));
    for (const body of [requestOf("a"), requestOf("b"), large, requestOf("c")]) void send(body);
    expect(sent.map((one) => one.bodies)).toEqual([["a"], ["b"], ["x".repeat(SMALL_BYTES)]]);
    expect(sent[2]?.body).toBe(large);
  });

  it("a request with fields that nobody knows goes alone, and keeps its place", async () => {
    const { send, bodies, answer } = joiner();
    const strange = Buffer.concat([requestOf("s"), Buffer.from([0x10, 0x01])]);
    for (const body of [requestOf("a"), requestOf("b"), strange, requestOf("c"), requestOf("d")])
      void send(body);
    for (let i = 0; i < 4; i += 1) await answer(i, ok);
    expect(bodies()).toEqual([["a"], ["b"], ["s"], ["c", "d"]]);
  });

  it("a sender that goes away is not sent for, and holds up nobody", async () => {
    const { send, bodies, answer } = joiner();
    const abort = new AbortController();
    void send(requestOf("a"));
    const gone = send(requestOf("b"), abort.signal);
    void send(requestOf("c"));
    abort.abort(new Error("gone"));
    expect(await gone).toMatchObject({ kind: "retry" });
    await answer(0, ok);
    expect(bodies()).toEqual([["a"], ["c"]]);
  });

  it("one that has waited too long is told to come back", async () => {
    const { send, sent, answer, clock } = joiner({ waitMsMax: 1_000 });
    void send(requestOf("a"));
    const waited = send(requestOf("b"));
    clock.ms = 1_001;
    await answer(0, ok);
    expect(await waited).toMatchObject({ kind: "retry", message: expect.stringContaining("busy") });
    expect(sent).toHaveLength(1);
  });
});

describe("requests that went together", () => {
  /** "a" is on its way, the others wait and go together as the second request. */
  async function together(...bodies: readonly string[]) {
    const all = joiner();
    void all.send(requestOf("a"));
    const requests = bodies.map((body) => requestOf(body));
    const aborts = bodies.map(() => new AbortController());
    const outcomes = requests.map((request, i) => all.send(request, aborts[i]?.signal));
    await all.answer(0, ok);
    expect(all.bodies()[1]).toEqual(bodies);
    return { ...all, requests, aborts, outcomes };
  }

  it("and were not taken now are told so, and come again alone: one of them may be the reason", async () => {
    for (const answer of [away, new Error("cut")]) {
      const all = await together("b", "c");
      await all.answer(1, answer);
      for (const outcome of all.outcomes) expect(await outcome).toMatchObject({ kind: "retry" });
      void all.send(requestOf("d"));
      for (const request of all.requests) void all.send(request);
      for (let i = 2; i < 5; i += 1) await all.answer(i, ok);
      expect(all.bodies().slice(2)).toEqual([["d"], ["b"], ["c"]]);
    }
  });

  it("and were refused are sent one by one, so that a bad one fails alone", async () => {
    const all = await together("b", "bad", "c");
    await all.answer(1, bad);
    for (const [i, outcome] of [ok, bad, ok].entries()) await all.answer(2 + i, outcome);
    expect(all.bodies().slice(2)).toEqual([["b"], ["bad"], ["c"]]);
    expect(await Promise.all(all.outcomes)).toEqual([ok, bad, ok]);
  });

  it("and were refused: none is sent after one that is to come again, so that none overtakes it", async () => {
    const all = await together("b", "c", "d");
    await all.answer(1, bad);
    await all.answer(2, ok);
    await all.answer(3, away);
    expect(await Promise.all(all.outcomes)).toEqual([ok, away, away]);
    expect(all.sent).toHaveLength(4);
  });

  it("and were too large together are smaller from then on, until it is tried again after a while", async () => {
    const all = await together("b", "c");
    await all.answer(1, { kind: "refused", reason: "too-large", message: "too large" });
    await all.answer(2, ok);
    await all.answer(3, ok);
    expect(await Promise.all(all.outcomes)).toEqual([ok, ok]);
    for (const body of "defg") void all.send(requestOf(body));
    for (let i = 4; i < 8; i += 1) await all.answer(i, ok);
    expect(all.bodies().slice(4)).toEqual([["d"], ["e"], ["f"], ["g"]]);
    all.clock.ms = 300_000;
    for (const body of "hijk") void all.send(requestOf(body));
    for (let i = 8; i < 11; i += 1) await all.answer(i, ok);
    expect(all.bodies().slice(8)).toEqual([["h"], ["i", "j"], ["k"]]);
    all.clock.ms = 3_600_000;
    for (const body of "lmnopqr") void all.send(requestOf(body));
    await all.answer(11, ok);
    expect(all.bodies()[12]).toEqual([..."mnopqr"]);
  });

  it("of which some were rejected are never sent again: the count is shared out, and later ones go alone for a minute", async () => {
    const all = await together("b", "c");
    await all.answer(1, { kind: "accepted", rejectedRecords: 1, message: "one was bad" });
    const outcomes = await Promise.all(all.outcomes);
    const rejected = outcomes.map((one) => (one.kind === "accepted" ? one.rejectedRecords : Number.NaN));
    expect(rejected.reduce((sum, count) => sum + count, 0)).toBe(1);
    for (const { message } of outcomes) expect(message).toMatch(/1 of 2 records .* not known: one was bad/);
    for (const body of "def") void all.send(requestOf(body));
    await all.answer(2, ok);
    all.clock.ms = 59_999;
    await all.answer(3, ok);
    expect(all.bodies().slice(2)).toEqual([["d"], ["e"], ["f"]]);
    all.clock.ms = 60_000;
    for (const body of "gh") void all.send(requestOf(body));
    await all.answer(4, ok);
    expect(all.bodies()[5]).toEqual(["g", "h"]);
  });

  it("and were taken with a warning are all told", async () => {
    const all = await together("b", "c");
    const warned: ForwardOutcome = { kind: "accepted", rejectedRecords: 0, message: "mind the attributes" };
    await all.answer(1, warned);
    expect(await Promise.all(all.outcomes)).toEqual([warned, warned]);
  });

  it("are given up only when every sender has gone", async () => {
    const all = await together("b", "c");
    all.aborts[0]?.abort();
    expect(all.sent[1]?.signal.aborted).toBe(false);
    all.aborts[1]?.abort();
    expect(all.sent[1]?.signal.aborted).toBe(true);
    await all.answer(1, ok);
    expect(await Promise.all(all.outcomes)).toEqual([ok, ok]);
  });
});
