import { describe, expect, it } from "vitest";
import { freshWindow, said } from "../test/helpers/detector-windows.ts";
import {
  ACCEPTED,
  boom,
  config,
  evenScorer,
  request,
  send,
  stagesUnderTest,
} from "../test/helpers/stages-under-test.ts";
import { standInEncoder } from "../test/helpers/stand-in-encoder.ts";
import type { Absence, Detector } from "./detect/detector.ts";
import type { EventScorer } from "./detect/event-scorer.ts";
import { noOpinions } from "./detect/opinions.ts";
import type { Judged } from "./enrich/enrich.ts";
import type { ForwardOutcome } from "./forward/forward-outcome.ts";
import type { NewMessage } from "./kafka/message-writer.ts";
import { processRequest, type Stages } from "./pipeline.ts";
import { createRooms } from "./rooms.ts";
import { processAbsences, processIdle } from "./what-is-missing.ts";
import { readRequest } from "./wire/read-request.ts";

/** One try of a sender that may leave. */
const sendBy = (to: Stages, sender: AbortSignal) =>
  processRequest({ bytes: request, transport: "grpc" }, to, sender);

describe("whatever breaks on the way to a verdict, the records go on as they came", () => {
  const { windower, judge } = stagesUnderTest().stages;
  it.each<readonly [string, Partial<Stages>]>([
    ["parsing throws", { parse: boom }],
    ["windowing throws", { windower: { ...windower, push: boom } }],
    ["judging throws", { judge: { ...judge, judge: boom } }],
    ["naming throws", { name: boom }],
    ["enriching throws", { enrich: boom }],
  ])("%s", async (_, changes) => {
    const { stages: broken, seen } = stagesUnderTest(changes);
    expect(await send(broken)).toEqual(ACCEPTED);
    expect(seen.unscored).toBe(3);
    const [out] = seen.forwarded;
    const records = readRequest(out ?? new Uint8Array(0)).records;
    expect(records.map(({ body }) => body)).toEqual(["event a", "event b", "event c"]);
    for (const record of records) expect(record.attribute("anomaly.score")).toBeUndefined();
  });

  it.each<readonly [string, EventScorer["score"]]>([
    ["the model rejects", async () => boom()],
    ["the model never answers", () => new Promise(() => undefined)],
    [
      "the model answers after the budget",
      () => new Promise((resolve) => setTimeout(() => resolve([]), 300)),
    ],
  ])("%s", async (_, score) => {
    const { stages: broken, seen } = stagesUnderTest({}, { ...evenScorer, score });
    expect(await send(broken)).toEqual(ACCEPTED);
    expect(seen.absent).toEqual(["event-model"]);
    expect(seen.unscored).toBe(0);
    const { records } = readRequest(seen.forwarded[0] ?? new Uint8Array(0));
    expect(records.map((record) => typeof record.attribute("anomaly.score"))).toEqual(
      new Array(3).fill("number"),
    );
  });

  it("every detector rejects", async () => {
    const { stages: real } = stagesUnderTest();
    const detectors = real.detectors.map((detector) => ({ ...detector, score: async () => boom() }));
    const { stages: broken, seen } = stagesUnderTest({ detectors });
    expect(await send(broken)).toEqual(ACCEPTED);
    expect(seen.unscored).toBe(3);
    expect(readRequest(seen.forwarded[0] ?? new Uint8Array(0)).records).toHaveLength(3);
  });

  it("a detector cannot learn: the others and the calibration do, and the findings are remembered", async () => {
    const { stages: real } = stagesUnderTest();
    const taught: string[] = [];
    const detectors = real.detectors.map((detector, index) => ({
      ...detector,
      learn: () => (index === 0 ? boom() : taught.push(detector.name)),
    }));
    const { stages: broken, seen } = stagesUnderTest({ detectors });
    expect(await send(broken)).toEqual(ACCEPTED);
    expect(taught).toEqual(real.detectors.slice(1).map(({ name }) => name));
    expect([seen.learned, seen.remembered]).toEqual([3, 1]);
    expect(seen.failed).toEqual([`learning of ${real.detectors[0]?.name}`]);
  });

  it("learning throws: the findings are remembered", async () => {
    const { stages: broken, seen } = stagesUnderTest({ record: boom });
    expect(await send(broken)).toEqual(ACCEPTED);
    expect(seen.remembered).toBe(1);
  });

  it("sessions that fell silent cannot be judged: they are learned from all the same", async () => {
    const { stages: real } = stagesUnderTest();
    let taught = 0;
    const detectors = real.detectors.map((detector) => ({
      ...detector,
      score: async () => boom(),
      learn: () => {
        taught += 1;
      },
    }));
    const closeIdle = () => [{ ...freshWindow([{ template: "a" }]), freshFrom: 1, isClosed: true }];
    const { stages: broken } = stagesUnderTest({ detectors, windower: { ...windower, closeIdle } });
    await processIdle(1, broken);
    expect(taught).toBe(detectors.length);
  });

  it("sessions of a service that has gone to another stage do not end here; where each has some of it they do", async () => {
    const closeIdle = () =>
      ["moved", "shared"].map((service) => ({
        ...freshWindow([{ template: "a" }], service),
        freshFrom: 1,
        isClosed: true,
      }));
    const ended: string[] = [];
    const { stages: one } = stagesUnderTest({
      windower: { ...windower, closeIdle },
      isElsewhere: () => true,
      hasMoved: (service) => service === "moved",
      record: (windows) => ended.push(...windows.map(({ service }) => service)),
    });
    await processIdle(1, one);
    expect(ended).toEqual(["shared"]);
  });

  it.each(["remember", "writeDown"])("%s throws", async (step) => {
    const { stages: broken } = stagesUnderTest({ [step]: boom });
    expect(await send(broken)).toEqual(ACCEPTED);
  });
});

describe("a request", () => {
  it("teaches once, however often the next hop has to be asked", async () => {
    const answers: ForwardOutcome[] = [
      { kind: "retry", afterMs: undefined, message: "away" },
      { kind: "retry", afterMs: undefined, message: "away" },
      ACCEPTED,
    ];
    const forwarded: Uint8Array[] = [];
    const { stages: patient, seen } = stagesUnderTest({
      forwarder: {
        forward: async (bytes) => {
          forwarded.push(bytes);
          return answers.shift() ?? ACCEPTED;
        },
        close: async () => undefined,
      },
    });
    expect((await send(patient)).kind).toBe("retry");
    expect((await send(patient)).kind).toBe("retry");
    expect([seen.learned, seen.remembered]).toEqual([0, 0]);
    expect(await send(patient)).toEqual(ACCEPTED);
    expect([seen.learned, seen.remembered]).toEqual([3, 1]);
    expect(forwarded[1]).toEqual(forwarded[0]);
    expect(forwarded[2]).toEqual(forwarded[0]);
  });

  it("teaches once also when it comes again while its first try still waits, and both are taken", async () => {
    const first = Promise.withResolvers<ForwardOutcome>();
    const answers = [first.promise, Promise.resolve(ACCEPTED)];
    const { stages: slow, seen } = stagesUnderTest({
      forwarder: {
        forward: (bytes) => {
          seen.forwarded.push(bytes);
          return answers.shift() ?? Promise.resolve(ACCEPTED);
        },
        close: async () => undefined,
      },
    });
    const waiting = sendBy(slow, new AbortController().signal);
    expect(await send(slow)).toEqual(ACCEPTED);
    first.resolve(ACCEPTED);
    expect(await waiting).toEqual(ACCEPTED);
    expect(seen.forwarded[1]).toBe(seen.forwarded[0]);
    expect([seen.learned, seen.remembered]).toEqual([3, 1]);
    await send(slow);
    expect([seen.learned, seen.remembered]).toEqual([6, 2]);
  });

  it("whose sender leaves before it hears is not sent on again, nor counted, when it comes again", async () => {
    const sender = new AbortController();
    const { stages: real, seen } = stagesUnderTest({
      forwarder: {
        forward: async (bytes) => {
          seen.forwarded.push(bytes);
          sender.abort(new Error("gone"));
          return ACCEPTED;
        },
        close: async () => undefined,
      },
    });
    await sendBy(real, sender.signal);
    // Nor does the second one hear it.
    await sendBy(real, sender.signal);
    expect(await send(real)).toEqual(ACCEPTED);
    expect(seen.forwarded).toHaveLength(1);
    expect([seen.learned, seen.remembered]).toEqual([3, 1]);
    await send(real);
    expect(seen.forwarded).toHaveLength(2);
  });

  it("in an outbox was taken by nobody until it is written: it is written when it comes again, and teaches once", async () => {
    const { stages: real, seen } = stagesUnderTest({
      forwarder: {
        forward: async (bytes, _signal, metadata) => {
          metadata?.outbox?.add([{ topic: "out", key: undefined, value: Buffer.from(bytes) }]);
          return ACCEPTED;
        },
        close: async () => undefined,
      },
    });
    const offer = async (outcome: ForwardOutcome | undefined, sender = new AbortController()) => {
      const values: unknown[] = [];
      const told: ((outcome: ForwardOutcome | undefined) => Promise<void>)[] = [];
      const outbox = {
        add: (messages: readonly NewMessage[]) => void values.push(...messages.map(({ value }) => value)),
        whenOver: (one: (typeof told)[number]) => void told.push(one),
      };
      const metadata = { headers: {}, key: "kafka/", outbox };
      const taken = await processRequest(
        { bytes: request, transport: "kafka", metadata },
        real,
        sender.signal,
      );
      sender.abort(new Error("the partition is another's"));
      expect([taken, seen.remembered]).toEqual([ACCEPTED, 0]);
      await Promise.all(told.map((one) => one(outcome)));
      await real.lane.drained();
      return values;
    };
    const [left] = await offer(undefined);
    expect(await offer(ACCEPTED)).toEqual([left]);
    expect([seen.unscored, seen.learned, seen.remembered]).toEqual([0, 3, 1]);
  });

  it("whose sender leaves while it is scored is scored all the same, for the retry", async () => {
    const sender = new AbortController();
    const { stages: real, seen } = stagesUnderTest(
      {
        forwarder: {
          forward: async (bytes, signal) => {
            if (signal.aborted) return { kind: "retry", afterMs: undefined, message: "gone" };
            seen.forwarded.push(bytes);
            return ACCEPTED;
          },
          close: async () => undefined,
        },
      },
      {
        ...evenScorer,
        score: (...args) => {
          sender.abort(new Error("gone"));
          return evenScorer.score(...args);
        },
      },
    );
    const left = await sendBy(real, sender.signal);
    expect(left.kind).toBe("retry");
    expect(await send(real)).toEqual(ACCEPTED);
    expect([seen.unscored, seen.learned, seen.remembered]).toEqual([0, 3, 1]);
    const { records } = readRequest(seen.forwarded[0] ?? new Uint8Array(0));
    expect(records.every((record) => record.attribute("anomaly.score") !== undefined)).toBe(true);
  });

  it("that cannot be redacted does not go on, and its sender is not told that it did", async () => {
    const { stages, seen } = stagesUnderTest({ protect: boom });
    await expect(send(stages)).rejects.toThrow();
    expect(seen.forwarded).toEqual([]);
  });

  it("that is no request is refused, and nothing is forwarded", async () => {
    const { stages: real, seen } = stagesUnderTest();
    const bytes = Uint8Array.from([0xff, 0xff]);
    const outcome = await processRequest({ bytes, transport: "http" }, real, new AbortController().signal);
    expect(outcome).toMatchObject({ kind: "refused", reason: "malformed" });
    expect(seen.forwarded).toEqual([]);
  });
});

describe("what did not come", () => {
  const absence = (template: string): Absence => ({
    window: {
      ...freshWindow([{ template }]),
      freshFrom: 1,
      freshRecords: [],
      isClosed: true,
      missing: "template",
    },
    evidence: {
      detector: "rate",
      surprise: 80,
      expected: [],
      detail: { kind: "silence", template, silentMs: 180_000, usualMs: 10_000, sinceMs: 0, longestMs: 0 },
    },
  });

  /** A service with a past that two detectors say something is missing of. */
  function silent(missing: readonly Absence[]) {
    const remembered: Judged[] = [];
    const learned = { detectors: 0, judge: 0 };
    const watcher = (absences: readonly Absence[]): Detector => ({
      name: "rate",
      score: async (places) => noOpinions("rate", places),
      learn: () => {
        learned.detectors += 1;
      },
      watch: () => absences,
      snapshot: () => undefined,
      forget: () => undefined,
      restore: () => undefined,
    });
    const { stages: real } = stagesUnderTest();
    const usual = freshWindow([{ template: "heartbeat" }]);
    const { judge } = createRooms(config, { scorer: evenScorer, encoder: standInEncoder, now: () => 1 });
    for (let i = 0; i < 1_000; i++)
      judge.learn(
        judge.judge(...said([usual], [{ detector: "rate", window: 0, event: 0, surprise: 0, expected: [] }])),
      );
    const silence: Stages = {
      ...real,
      detectors: missing.map((one) => watcher([one])),
      judge: {
        ...judge,
        learn: (findings) => {
          learned.judge += findings.length;
          judge.learn(findings);
        },
      },
      remember: (request, judged) => {
        expect(request).toBeUndefined();
        remembered.push(judged);
      },
    };
    return { remembered, learned, watch: () => processAbsences(() => 1, silence) };
  }

  it("is remembered with its explanation, each for itself, and taught to the calibration once", async () => {
    const { remembered, learned, watch } = silent([absence("heartbeat <*>"), absence("report sent")]);
    await watch();
    expect(remembered).toHaveLength(1);
    expect(remembered[0]?.anomalies.map(({ explanation }) => explanation.summary)).toEqual([
      'Silence: no "heartbeat <*>" for 3 min, since 00:00:00 UTC; usually it comes every 10 s.',
      'Silence: no "report sent" for 3 min, since 00:00:00 UTC; usually it comes every 10 s.',
    ]);
    expect(remembered[0]?.findings.map(({ recordIndex }) => recordIndex)).toEqual([undefined, undefined]);
    expect(learned).toEqual({ detectors: 0, judge: 2 });
  });

  it("is judged by the time at which it has its turn: what came before that is not missing", async () => {
    const { stages: real } = stagesUnderTest();
    const watchedMs: number[] = [];
    const watch = (nowMs: number) => {
      watchedMs.push(nowMs);
      return [];
    };
    const stages = { ...real, detectors: real.detectors.slice(0, 1).map((one) => ({ ...one, watch })) };
    const { promise, resolve } = Promise.withResolvers<void>();
    let nowMs = 1;
    const before = stages.lane.inTurn(() => promise);
    const judged = processAbsences(() => nowMs, stages);
    nowMs = 2;
    resolve();
    await Promise.all([before, judged]);
    expect(watchedMs).toEqual([2]);
  });

  it("is nothing where nothing is missing", async () => {
    const { remembered, watch } = silent([]);
    await watch();
    expect(remembered).toEqual([]);
  });
});
