import { describe, expect, it } from "vitest";
import { type EventLike, evidenceOf, freshWindow, surpriseOf } from "../../test/helpers/detector-windows.ts";
import type { SequenceWindow } from "../window/sequence-window.ts";
import type { Absence, Detector } from "./detector.ts";
import type { Evidence } from "./evidence.ts";
import { createRateDetector } from "./rate.ts";

const START_MS = 1_700_000_000_000;
const BUCKET_MS = 10_000;
const DAY_MS = 86_400_000;

/** `perBucket` events of a template in each of these buckets, as they would come live. */
function teach(detector: Detector, buckets: number, perBucket: (bucket: number) => number, template = "a") {
  for (let bucket = 0; bucket < buckets; bucket++)
    detector.learn([freshWindow(inBucket(bucket, perBucket(bucket), template))]);
}
const inBucket = (bucket: number, count: number, template = "a"): EventLike[] =>
  Array.from({ length: count }, (_, i) => ({
    template,
    timeMs: START_MS + bucket * BUCKET_MS + Math.floor((i * BUCKET_MS) / count),
  }));

const surprises = (evidence: readonly Evidence[]) => evidence.map(({ surprise }) => surprise);
const burst = (detector: Detector, bucket: number, count: number, template = "a") =>
  surpriseOf(detector, freshWindow(inBucket(bucket, count, template)));

describe("a burst", () => {
  it("is nothing to say of while little is known", async () => {
    const detector = createRateDetector();
    expect(await burst(detector, 0, 1_000)).toBeUndefined();
    teach(detector, 20, () => 2);
    expect(await burst(detector, 21, 1_000)).toBeUndefined();
  });

  it("is odder with every event beyond the usual, and tells so on those events", async () => {
    const detector = createRateDetector();
    teach(detector, 100, () => 5);
    const evidence = await evidenceOf(detector, [freshWindow(inBucket(100, 60))]);
    expect(surprises(evidence)).toEqual(surprises(evidence).toSorted((a, b) => a - b));
    expect(surprises(evidence).slice(0, 4)).toEqual([0, 0, 0, 0]);
    expect(evidence.at(-1)?.surprise).toBeGreaterThan(20);
    expect(evidence.at(-1)).toMatchObject({
      event: 59,
      detail: { kind: "rate", count: 60, spanMs: BUCKET_MS },
    });
    expect(evidence.at(-1)?.detail).toMatchObject({ usual: expect.closeTo(5, 0) });
  });

  it("counts over windows and over requests that were acknowledged", async () => {
    const detector = createRateDetector();
    teach(detector, 100, () => 5);
    const halves = [freshWindow(inBucket(100, 20)), freshWindow(inBucket(100, 20))];
    const together = (await evidenceOf(detector, halves)).at(-1)?.surprise ?? 0;
    detector.learn(halves.slice(0, 1));
    expect(await surpriseOf(detector, freshWindow(inBucket(100, 20)))).toBeCloseTo(together, 1);
    expect(together).toBeGreaterThan((await burst(detector, 101, 20)) ?? 0);
  });

  it("counts over the calls of one request, and not over those of others", async () => {
    const detector = createRateDetector();
    teach(detector, 100, () => 5);
    const parts = [inBucket(100, 20), inBucket(100, 20)].map((events) => freshWindow(events));
    const lastOf = (evidence: readonly Evidence[]) => evidence.at(-1)?.surprise;
    const together = lastOf(await evidenceOf(detector, parts));
    const { signal } = new AbortController();
    const [first, second] = await Promise.all(parts.map((part) => evidenceOf(detector, [part], signal)));
    expect(lastOf(second ?? [])).toBe(together);
    const other = await evidenceOf(detector, parts.slice(1));
    expect(lastOf(other)).toBe(lastOf(first ?? []));
  });

  it("counts each bucket of one request for itself, in whatever order their events come", async () => {
    const detector = createRateDetector();
    teach(detector, 100, () => 5);
    const [first, second] = [inBucket(100, 20), inBucket(101, 30)];
    const alone = (await evidenceOf(detector, [freshWindow(second)])).at(-1);
    const mixed = second.flatMap((event, at) => [...first.slice(at, at + 1), event]);
    const last = (await evidenceOf(detector, [freshWindow(mixed)])).at(-1);
    expect(last?.detail).toMatchObject({ kind: "rate", count: 30 });
    expect(last?.surprise).toBe(alone?.surprise);
  });

  it("is less odd for a template whose counts vary", async () => {
    const [steady, wild] = [createRateDetector(), createRateDetector()];
    teach(steady, 200, () => 10);
    teach(wild, 200, (bucket) => (bucket % 10 === 0 ? 55 : 5));
    expect(await burst(wild, 200, 50)).toBeLessThan(((await burst(steady, 200, 50)) ?? 0) / 3);
  });

  it("of a rare template is odd by its size, not by its coming", async () => {
    const detector = createRateDetector();
    teach(detector, 1, () => 1, "rare");
    teach(detector, 1_000, () => 5);
    detector.learn([freshWindow(inBucket(1_001, 1, "rare"))]);
    detector.learn([freshWindow(inBucket(1_003, 1, "rare"))]);
    expect(await burst(detector, 1_005, 1, "rare")).toBeLessThan(2);
    expect(await burst(detector, 1_005, 40, "rare")).toBeGreaterThan(10);
  });

  it("becomes usual when it stays", async () => {
    const detector = createRateDetector();
    teach(detector, 200, () => 5);
    const before = (await burst(detector, 400, 50)) ?? 0;
    teach(detector, 400, (bucket) => (bucket < 200 ? 0 : 50));
    expect(await burst(detector, 400, 50)).toBeLessThan(before / 4);
  });

  it("is measured by the hour of the week once there are two weeks", async () => {
    const isBusy = (hour: number) => hour % 24 === 9;
    const weeks = async (count: number) => {
      const detector = createRateDetector();
      // Every 20th bucket stands for the hour: what counts is how the hours differ.
      for (let hour = 0; hour < count * 168; hour++)
        for (let bucket = 360 * hour; bucket < 360 * (hour + 1); bucket += 20)
          detector.learn([freshWindow(inBucket(bucket, isBusy(hour) ? 20 : 2))]);
      const day = count * 7 * 24 * 360;
      return { busy: await burst(detector, day + 9 * 360, 20), quiet: await burst(detector, day, 20) };
    };
    const young = await weeks(1);
    expect(young.busy).toBeCloseTo(young.quiet ?? 0, 0);
    const old = await weeks(3);
    expect(old.busy).toBeLessThan((old.quiet ?? 0) / 2);
  });
});

describe("time that goes wrong", () => {
  it("does not count an event that is late by more than 20 s, and says nothing of it", async () => {
    const detector = createRateDetector();
    teach(detector, 100, () => 5);
    detector.learn([freshWindow(inBucket(50, 400))]);
    expect(await burst(detector, 50, 5)).toBeUndefined();
    expect(await burst(detector, 100, 5)).toBeLessThan(0.1);
  });

  it("does not mind the order within the last two buckets", async () => {
    const [ordered, shuffled] = [createRateDetector(), createRateDetector()];
    teach(ordered, 100, () => 5);
    for (let bucket = 0; bucket < 100; bucket += 2)
      shuffled.learn([freshWindow([...inBucket(bucket + 1, 5), ...inBucket(bucket, 5)])]);
    expect(await burst(shuffled, 101, 30)).toBeCloseTo((await burst(ordered, 101, 30)) ?? 0, 0);
  });

  it.each([
    ["in the far future", Date.UTC(2300, 0)],
    ["at the beginning of time", 0],
  ])("survives one timestamp %s", async (_, timeMs) => {
    const detector = createRateDetector();
    teach(detector, 300, () => 5);
    const before = (await burst(detector, 340, 60)) ?? 0;
    detector.learn([freshWindow([{ template: "a", timeMs }])]);
    teach(detector, 340, (bucket) => (bucket < 300 ? 0 : 5));
    const after = await burst(detector, 340, 60);
    expect(after).toBeGreaterThan(before / 2);
    expect(after).toBeLessThan(before * 2);
  });
});

function silenceOf({ evidence: { detail }, window }: Absence) {
  if (detail?.kind !== "silence") throw new Error("an absence that is no silence");
  const { template, silentMs } = detail;
  if (window.missing !== "everything")
    expect(window.missing).toBe(template === undefined ? "service" : "template");
  return { template, silentMs };
}

/** A detector on a clock of its own that is watched every second. */
function live() {
  let nowMs = START_MS;
  const detector = createRateDetector({ now: () => nowMs });
  const told: { readonly atMs: number; readonly template: string | undefined; readonly silentMs: number }[] =
    [];
  const missed: Pick<SequenceWindow, "service" | "missing">[] = [];
  return {
    detector,
    told,
    /** Of whom, and what, in the order in which it was told. */
    missed,
    /** Lets seconds pass; `write` says what comes in each, of each of the services. */
    async pass(
      seconds: number,
      write: (second: number, service: string) => readonly EventLike[],
      services: readonly string[] = ["shop"],
    ) {
      for (let second = 0; second < seconds; second++) {
        nowMs += 1_000;
        const windows = services
          .map((service) => freshWindow(write(Math.round((nowMs - START_MS) / 1_000), service), service))
          .filter(({ events }) => events.length > 0);
        if (windows.length > 0) {
          await evidenceOf(detector, windows);
          detector.learn(windows);
        }
        for (const absence of detector.watch?.(nowMs) ?? []) {
          told.push({ atMs: nowMs, ...silenceOf(absence) });
          missed.push({ service: absence.window.service, missing: absence.window.missing });
        }
      }
    },
    event: (template: string): EventLike => ({ template, timeMs: nowMs }),
    suspend(seconds: number) {
      nowMs += 1_000 * seconds;
    },
    now: () => nowMs,
  };
}

describe("silence", () => {
  const scene = () => {
    const one = live();
    const heartbeat = (second: number) => (second % 10 === 0 ? [one.event("heartbeat")] : []);
    const requests = () => [one.event("request")];
    const both = (second: number) => [...heartbeat(second), ...requests()];
    return { ...one, heartbeat, requests, both };
  };

  it("of a heartbeat is told once, after some of its periods, and again when it came back", async () => {
    const { pass, both, requests, told } = scene();
    await pass(600, both);
    expect(told).toEqual([]);
    await pass(600, requests);
    expect(told).toEqual([{ atMs: expect.any(Number), template: "heartbeat", silentMs: expect.any(Number) }]);
    expect(told[0]?.silentMs).toBeGreaterThan(30_000);
    expect(told[0]?.silentMs).toBeLessThan(60_000);
    await pass(600, both);
    expect(told).toHaveLength(1);
    await pass(100, requests);
    expect(told).toHaveLength(2);
  });

  it("is told of a heartbeat that is all there is, and its gaps are no silence of ours", async () => {
    const { pass, event, told } = scene();
    await pass(3_600, (second) => (second % 30 === 0 ? [event("heartbeat")] : []));
    expect(told).toEqual([]);
    await pass(600, () => []);
    expect(told).toHaveLength(1);
  });

  it("of what comes in bursts, once a minute, is none", async () => {
    const { pass, event, told } = scene();
    await pass(3_600, (second) => (second % 60 < 5 ? [event("batch")] : []));
    expect(told).toEqual([]);
  });

  it("of a whole service is told once for all that it writes", async () => {
    const { pass, both, told, detector, now } = scene();
    await pass(600, both);
    await pass(600, () => []);
    expect(told.map(({ template }) => template)).toEqual([undefined]);
    expect(detector.watch?.(now() + 3_600_000)).toEqual([]);
  });

  it("of what stops together is told once", async () => {
    const { pass, requests, event, heartbeat, told } = scene();
    const three = (second: number) =>
      heartbeat(second).length > 0 ? [event("heartbeat"), event("pulse"), event("ping")] : [];
    await pass(600, (second) => [...three(second), ...requests()]);
    await pass(600, requests);
    expect(told).toHaveLength(1);
  });

  it("of what comes irregularly, or came a few times only, is none", async () => {
    const { pass, requests, event, told } = scene();
    await pass(3_600, (second) => [
      ...requests(),
      ...(second % 600 < 30 && second % 3 === 0 ? [event("in clumps")] : []),
      ...(second < 200 && second % 10 === 0 ? [event("a few times")] : []),
    ]);
    await pass(3_600, requests);
    expect(told).toEqual([]);
  });

  it("of a Poisson process is not told while it goes on", async () => {
    const { pass, requests, event, told } = scene();
    let state = 1;
    const random = () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      return state / 0x7fffffff;
    };
    await pass(40_000, () => [...requests(), ...(random() < 0.1 ? [event("by chance")] : [])]);
    expect(told).toEqual([]);
  });

  it("after a replay is none: its events were not of now", async () => {
    const { pass, told, now } = scene();
    await pass(600, () => [{ template: "old", timeMs: now() - DAY_MS }]);
    await pass(600, () => []);
    expect(told).toEqual([]);
  });

  it("is not told after a restart until the template was seen again", async () => {
    const { pass, both, detector, now } = scene();
    await pass(600, both);
    const again = createRateDetector({ now: () => now() + 600_000 });
    again.restore(JSON.parse(JSON.stringify(detector.snapshot())));
    for (let second = 0; second < 600; second++) expect(again.watch?.(now() + 1_000 * second)).toEqual([]);
    again.learn([freshWindow([{ template: "heartbeat", timeMs: now() + 600_000 }])]);
    const told = Array.from(
      { length: 120 },
      (_, i) => again.watch?.(now() + 600_000 + 1_000 * i) ?? [],
    ).flat();
    expect(told).toHaveLength(1);
  });

  it("is not told while nothing can be delivered, nor when nobody watched", async () => {
    const { pass, both, detector, event, told, suspend } = scene();
    await pass(600, both);
    const stuck = [freshWindow([event("request")])];
    await evidenceOf(detector, stuck);
    await pass(600, () => []);
    detector.learn(stuck);
    await pass(20, both);
    suspend(600);
    await pass(20, both);
    expect(told).toEqual([]);
  });

  it("is told as soon as ever after a time without delivery: that was no gap of its own", async () => {
    const { pass, both, requests, event, detector, told } = scene();
    await pass(600, both);
    const stuck = [freshWindow([event("request"), event("heartbeat")])];
    await evidenceOf(detector, stuck);
    await pass(600, () => []);
    detector.learn(stuck);
    await pass(100, both);
    await pass(100, requests);
    expect(told.map(({ template }) => template)).toEqual(["heartbeat"]);
    expect(told[0]?.silentMs).toBeLessThan(60_000);
  });

  describe.each([
    ["set back by a day", -86_400],
    ["set forward by thirty years", 946_080_000],
  ])("where the clock was %s", (_, seconds) => {
    it("is none of itself, and is told as soon as ever later on", async () => {
      const { pass, both, requests, suspend, told } = scene();
      await pass(600, both);
      suspend(seconds);
      await pass(100, both);
      expect(told).toEqual([]);
      await pass(100, requests);
      expect(told.map(({ template }) => template)).toEqual(["heartbeat"]);
      expect(told[0]?.silentMs).toBeLessThan(60_000);
    });

    it("is told of what has not come since", async () => {
      const { pass, both, requests, suspend, told } = scene();
      await pass(600, both);
      suspend(seconds);
      await pass(100, requests);
      expect(told.map(({ template }) => template)).toEqual(["heartbeat"]);
    });

    it("does not stop gaps from being learned", async () => {
      const { pass, event, requests, suspend, told } = scene();
      await pass(5, requests);
      suspend(seconds);
      await pass(600, (second) => [...requests(), ...(second % 10 === 0 ? [event("heartbeat")] : [])]);
      await pass(100, requests);
      expect(told.map(({ template }) => template)).toEqual(["heartbeat"]);
    });

    it("of a whole service is told as soon as ever", async () => {
      const { pass, both, suspend, told } = scene();
      await pass(5, both);
      suspend(seconds);
      await pass(600, both);
      await pass(100, () => []);
      expect(told.map(({ template }) => template)).toEqual([undefined]);
    });
  });

  it("ends a window with what came last, without its parameters", async () => {
    const { pass, detector, now } = scene();
    await pass(600, () => [{ template: "request", timeMs: now(), parameters: ["secret"] }]);
    const [absence] = detector.watch?.(now()) ?? [];
    expect(absence).toBeUndefined();
    const found = Array.from(
      { length: 60 },
      (_, i) => detector.watch?.(now() + 1_000 * (i + 1)) ?? [],
    ).flat();
    expect(found).toHaveLength(1);
    expect(found[0]?.window).toMatchObject({ service: "shop", freshRecords: [], isClosed: true });
    expect(JSON.stringify(found)).not.toContain("secret");
  });
});

describe("silence of everybody", () => {
  const SERVICES = ["shop", "cart", "mail"];
  const scene = () => {
    const one = live();
    const every = (seconds: number) => (second: number) =>
      second % seconds === 0 ? [one.event("heartbeat")] : [];
    return { ...one, every, nothing: () => [] };
  };

  it("for as long as what sends takes to come back is told of nobody, then or when they write again", async () => {
    const { pass, every, nothing, told } = scene();
    await pass(600, every(4), SERVICES);
    await pass(100, nothing);
    await pass(600, every(4), SERVICES);
    expect(told).toEqual([]);
  });

  it("that lasts is told once, of all", async () => {
    const { pass, every, nothing, told, missed } = scene();
    await pass(600, every(4), SERVICES);
    await pass(3_600, nothing);
    expect(missed).toEqual([{ service: "shop", missing: "everything" }]);
    expect(told[0]?.silentMs).toBe(120_000);
    await pass(600, every(4), SERVICES);
    await pass(600, nothing);
    expect(missed).toHaveLength(2);
  });

  it("is told of who does not come back with the others", async () => {
    const { pass, every, nothing, missed } = scene();
    await pass(600, every(4), SERVICES);
    await pass(300, nothing);
    await pass(200, every(4), ["shop", "mail"]);
    expect(missed.slice(1)).toEqual([{ service: "cart", missing: "service" }]);
  });

  it("is none where one service goes on: the others are told as soon as ever", async () => {
    const { pass, every, missed, told } = scene();
    await pass(600, every(4), SERVICES);
    await pass(100, every(4), ["mail"]);
    expect(missed).toEqual([
      { service: "shop", missing: "service" },
      { service: "cart", missing: "service" },
    ]);
    expect(told[0]?.silentMs).toBeLessThan(40_000);
  });

  it("is told of nobody either where all write seldom, however often it comes", async () => {
    const { pass, every, nothing, told } = scene();
    await pass(3_000, every(20), SERVICES);
    for (let time = 0; time < 10; time++) {
      await pass(70, nothing);
      await pass(180, every(20), SERVICES);
    }
    expect(told).toEqual([]);
  });

  it("does not hide that one of those who write seldom has stopped", async () => {
    const { pass, every, missed } = scene();
    await pass(6_000, every(45), SERVICES);
    await pass(600, every(45), ["shop", "mail"]);
    expect(missed).toEqual([{ service: "cart", missing: "service" }]);
  });

  it("is no habit: the next one is told as late, and who stops alone as soon", async () => {
    const { pass, every, nothing, missed } = scene();
    await pass(600, every(4), SERVICES);
    await pass(110, nothing);
    await pass(20, every(4), SERVICES);
    await pass(110, nothing);
    await pass(60, every(4), SERVICES);
    expect(missed).toEqual([]);
    await pass(60, every(4), ["shop", "cart"]);
    expect(missed).toEqual([{ service: "mail", missing: "service" }]);
  });

  it.each([-86_400, 946_080_000])("is none where the clock was set by %d s", async (seconds) => {
    const { pass, every, nothing, missed, suspend } = scene();
    await pass(600, every(4), SERVICES);
    suspend(seconds);
    await pass(100, nothing);
    await pass(600, every(4), SERVICES);
    expect(missed).toEqual([]);
    await pass(100, every(4), ["shop"]);
    expect(missed.map(({ service }) => service)).toEqual(["cart", "mail"]);
  });
});

describe("rates", () => {
  it("do not grow beyond their bounds, whatever comes", () => {
    const detector = createRateDetector({ maxKnownTemplates: 100, maxServices: 50, maxTemplatesTotal: 200 });
    for (let i = 0; i < 10_000; i++)
      detector.learn([
        freshWindow([{ template: `t${i}` }], "busy"),
        freshWindow([{ template: "a" }, { template: "b" }], `s${i}`),
      ]);
    const { services } = JSON.parse(JSON.stringify(detector.snapshot())) as {
      services: [string, { templates: unknown[] }][];
    };
    expect(services.length).toBeLessThanOrEqual(50);
    expect(services.flatMap(([, { templates }]) => templates).length).toBeLessThanOrEqual(200);
  });
});
