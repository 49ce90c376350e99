import { describe, expect, it, vi } from "vitest";
import { evenSurprises } from "../test/helpers/even-surprises.ts";
import {
  ACCEPTED,
  boom,
  evenScorer,
  next,
  request,
  send,
  stagesUnderTest,
} from "../test/helpers/stages-under-test.ts";
import type { Detector } from "./detect/detector.ts";
import type { EventScorer } from "./detect/event-scorer.ts";
import { type Places, placesOf } from "./detect/places.ts";
import { createRateDetector } from "./detect/rate.ts";
import { createBreaker } from "./flow/breaker.ts";
import { createBreathe } from "./flow/breathe.ts";
import { createLane } from "./flow/lane.ts";
import { createPanel } from "./panel.ts";
import { processRequest, type Stages } from "./pipeline.ts";
import { encodeRequest } from "./wire/encode.ts";
import { readRequest } from "./wire/read-request.ts";

/** One of so many records, all of one stream. */
const requestOf = (records: number, from = 1) =>
  encodeRequest([
    {
      attributes: { "service.name": "shop" },
      records: Array.from({ length: records }, (_, i) => ({
        timeUnixNano: BigInt(from + i),
        body: `event ${"abcdefgh"[i % 8]}`,
      })),
    },
  ]);
const MINUTE_NS = 60e9;
const sendBytes = (bytes: Uint8Array, to: Stages) =>
  processRequest({ bytes, transport: "grpc" }, to, new AbortController().signal);

describe("a request of very many records", () => {
  it("leaves the thread to others between its slices, and every record is judged", async () => {
    const { stages: real, seen } = stagesUnderTest({ breathe: createBreathe(0), scoringBudgetMs: 60_000 });
    let turns = 0;
    let isOver = false;
    const count = () => {
      turns += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    expect(await sendBytes(requestOf(10_000), real)).toEqual(ACCEPTED);
    await real.lane.drained();
    isOver = true;
    // Mined, asked about, judged and learned from in slices of 128 records.
    expect(turns).toBeGreaterThan((4 * 10_000) / 128);
    expect([seen.unscored, seen.learned]).toEqual([0, 10_000]);
    const { records } = readRequest(seen.forwarded[0] ?? new Uint8Array(0));
    for (const record of records) expect(record.attribute("anomaly.score")).toBeTypeOf("number");
  });

  it("is not overtaken by the next one: what the stage knows changes in the order of arrival", async () => {
    const { stages: real } = stagesUnderTest({ breathe: createBreathe(0) });
    const pushed: number[] = [];
    const windower: Stages["windower"] = {
      ...real.windower,
      push: (records) => {
        pushed.push(records.length);
        return real.windower.push(records);
      },
    };
    const ordered = { ...real, windower };
    await Promise.all([sendBytes(requestOf(2_500), ordered), sendBytes(requestOf(3), ordered)]);
    expect(pushed).toEqual([1_024, 1_024, 452, 3]);
  });

  it("counts its events together where they come too often, however it is cut", async () => {
    const { stages: real } = stagesUnderTest();
    for (let minute = 0; minute < 60; minute += 1) await send(real, requestOf(8, minute * MINUTE_NS));
    const rate = real.detectors.find(({ name }) => name === "rate") ?? expect.unreachable();
    const asked: { readonly places: Places; readonly surprises: Float64Array }[] = [];
    const spying: Detector = {
      ...rate,
      async score(places, signal) {
        const opinions = await rate.score(places, signal);
        asked.push({ places, surprises: opinions.surprises });
        return opinions;
      },
    };
    const whole = createRateDetector({ now: () => 1 });
    whole.restore(JSON.parse(JSON.stringify(rate.snapshot())));
    await sendBytes(requestOf(1_000, 60 * MINUTE_NS), { ...real, panel: createPanel([spying]) });
    expect(asked.length).toBeGreaterThan(1);
    const atOnce = await whole.score(
      placesOf(asked.flatMap(({ places }) => places.windows)),
      new AbortController().signal,
    );
    const inSlices = asked.flatMap(({ surprises }) => [...surprises]);
    expect(inSlices).toEqual([...atOnce.surprises]);
    expect(Math.max(...inSlices.filter(Number.isFinite))).toBeGreaterThan(0);
  });
});

describe("small requests that wait together", () => {
  /** Sent while the lane is held, so that they wait for each other. */
  async function sendTogether(to: Stages, requests: readonly Uint8Array[]) {
    const { promise, resolve: open } = Promise.withResolvers<void>();
    void to.lane.inTurn(() => promise);
    const outcomes = Promise.all(requests.map((bytes) => sendBytes(bytes, to)));
    open();
    await outcomes;
    await to.lane.drained();
    return outcomes;
  }
  const requests = [requestOf(3), requestOf(1, 100), requestOf(2, 200)];

  it("are put to the detectors once, and each gets the verdicts on its own records", async () => {
    const { stages: real, seen } = stagesUnderTest();
    let sittings = 0;
    const panel: Stages["panel"] = {
      open: (deadline) => {
        sittings += 1;
        return real.panel.open(deadline);
      },
    };
    const outcomes = await sendTogether({ ...real, panel }, requests);
    expect(outcomes).toEqual([ACCEPTED, ACCEPTED, ACCEPTED]);
    expect([sittings, seen.unscored, seen.learned, seen.remembered]).toEqual([1, 0, 6, 3]);
    const scores = seen.forwarded.map((bytes) =>
      readRequest(bytes).records.map((record) => typeof record.attribute("anomaly.score")),
    );
    expect(scores).toEqual(requests.map((bytes) => readRequest(bytes).records.map(() => "number")));
  });

  it("teach each by itself: one that the next hop does not take teaches nothing", async () => {
    const { stages: real, seen } = stagesUnderTest();
    const forwarder: Stages["forwarder"] = {
      forward: async (bytes) =>
        readRequest(bytes).records.length === 2
          ? { kind: "retry", afterMs: undefined, message: "away" }
          : ACCEPTED,
      close: async () => undefined,
    };
    const outcomes = await sendTogether({ ...real, forwarder }, requests);
    expect(outcomes.map(({ kind }) => kind)).toEqual(["accepted", "accepted", "retry"]);
    expect([seen.learned, seen.remembered]).toEqual([4, 2]);
  });

  it("are each judged though another one among them cannot be mined", async () => {
    const { stages: real, seen } = stagesUnderTest();
    const parse: Stages["parse"] = (records) => {
      if (records.length === 1) throw new Error("broken");
      return real.parse(records);
    };
    const outcomes = await sendTogether({ ...real, parse }, requests);
    expect(outcomes).toEqual([ACCEPTED, ACCEPTED, ACCEPTED]);
    expect([seen.unscored, seen.learned]).toEqual([1, 5]);
  });
});

describe("more than can be judged in time", () => {
  /** A stage whose clock goes on by so much while it reads a request's records. */
  function slowStages(readingMs: number) {
    let nowMs = 0;
    const under = stagesUnderTest({ waitClock: () => nowMs });
    const { parse } = under.stages;
    const slow: Stages = {
      ...under.stages,
      parse: (records) => {
        nowMs += readingMs;
        return parse(records);
      },
    };
    return { slow, seen: under.seen };
  }

  /** Too many for both to have their turn together. */
  const [large, other] = [requestOf(100), requestOf(100, 1_000)];

  it("passes unscored but with its templates once its turn comes too late, teaches nothing, and the next is judged again", async () => {
    const { slow, seen } = slowStages(101);
    await Promise.all([send(slow, large), send(slow, other)]);
    expect([seen.unscored, seen.learned]).toEqual([100, 100]);
    const [first, second] = seen.forwarded.map((bytes) => readRequest(bytes).records);
    const scoredFirst = first?.[0]?.attribute("anomaly.score") !== undefined ? first : second;
    const shed = scoredFirst === first ? second : first;
    for (const record of scoredFirst ?? []) expect(record.attribute("anomaly.score")).toBeTypeOf("number");
    for (const record of shed ?? []) expect(record.attribute("anomaly.score")).toBeUndefined();
    expect(shed?.map((record) => record.attribute("log.record.template"))).toEqual(
      scoredFirst?.map((record) => record.attribute("log.record.template")),
    );
    await send(slow, large);
    expect([seen.unscored, seen.learned]).toEqual([100, 200]);
  });

  it("waits as long as the budget without being shed", async () => {
    const { slow, seen } = slowStages(100);
    await Promise.all([send(slow, large), send(slow, other)]);
    expect([seen.unscored, seen.learned]).toEqual([0, 200]);
  });

  it("passes as it came when too many records are in work, and no stream is taken to be whole then", async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const forwarded: Uint8Array[] = [];
    const { stages: real, seen } = stagesUnderTest({
      lane: createLane(5),
      forwarder: {
        forward: async (bytes) => {
          forwarded.push(bytes);
          await gate;
          return ACCEPTED;
        },
        close: async () => undefined,
      },
    });
    const windower = { ...real.windower, skip: vi.fn() };
    const crowded = { ...real, windower };
    const sent = [send(crowded), send(crowded, next)];
    await expect.poll(() => forwarded).toHaveLength(2);
    expect(seen.unscored).toBe(3);
    expect(windower.skip).toHaveBeenCalledOnce();
    expect(forwarded).toContainEqual(next);
    open();
    await Promise.all(sent);
    expect([seen.learned, crowded.lane.recordsInWork]).toEqual([3, 0]);
    await send(crowded);
    expect([seen.unscored, seen.learned]).toEqual([3, 6]);
  });

  it("is not looked at when its sender has gone: it comes again", async () => {
    const { stages: real, seen } = stagesUnderTest();
    const gone = AbortSignal.abort(new Error("gone"));
    const outcome = await processRequest({ bytes: request, transport: "grpc" }, real, gone);
    expect(outcome.kind).toBe("retry");
    expect(seen.forwarded).toEqual([]);
    expect(await send(real)).toEqual(ACCEPTED);
    expect(seen.learned).toBe(3);
  });
});

describe("a model that does not answer", () => {
  it("is not asked any more after some requests, then once to see, and again by everybody once it answers", async () => {
    let nowMs = 0;
    let asked = 0;
    let isBroken = true;
    const scorer: EventScorer = {
      ...evenScorer,
      score: async (batch) => {
        asked += 1;
        return isBroken ? boom() : evenSurprises(batch, 1);
      },
    };
    const { stages: real, seen } = stagesUnderTest({}, scorer);
    // A text that was not seen before makes the model be asked.
    let sent = 0;
    const panel = createPanel(real.detectors, () => createBreaker({ failuresMax: 3, now: () => nowMs }));
    const sendNew = () => {
      sent += 1;
      const bytes = encodeRequest([
        {
          attributes: { "service.name": `shop ${sent}` },
          records: [{ timeUnixNano: BigInt(sent), body: "hello" }],
        },
      ]);
      return sendBytes(bytes, { ...real, panel });
    };
    for (let i = 0; i < 5; i += 1) await sendNew();
    expect([asked, seen.absent.length]).toEqual([3, 5]);
    nowMs = 1_000;
    await sendNew();
    await sendNew();
    expect(asked).toBe(4);
    isBroken = false;
    nowMs = 10_000;
    await sendNew();
    await sendNew();
    expect([asked, seen.absent.length, seen.unscored]).toEqual([6, 7, 0]);
  });
});
