import { describe, expect, it } from "vitest";
import { freshWindow } from "../../test/helpers/detector-windows.ts";
import { evenSurprises } from "../../test/helpers/even-surprises.ts";
import { standInEncoder } from "../../test/helpers/stand-in-encoder.ts";
import { createEventModelDetector } from "../detect/event-model.ts";
import type { EventScorer } from "../detect/event-scorer.ts";
import { placesOf } from "../detect/places.ts";
import { createVectorCache } from "../detect/vector-cache.ts";
import { calibrateConfig } from "./config.ts";
import { createJudge } from "./create-judge.ts";

const config = calibrateConfig.parse({});

/** Weights that are surprised by normal events by an exponential number of nats, and by some constant more than others. */
interface Weights {
  readonly version: string;
  readonly constant: number;
}

/** One service whose events the event model alone judges. */
function oneService(first: Weights, seed: number) {
  let inUse = first;
  let state = seed;
  let extra = 0;
  /** Numerical Recipes' generator, of an exponential distribution. */
  const exponential = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return -Math.log((state + 1) / 2 ** 32);
  };
  const scorer: EventScorer = {
    get version() {
      return inUse.version;
    },
    eventsMax: 20,
    residual: () => undefined,
    score: async (batch) => evenSurprises(batch, inUse.constant + exponential() + extra),
  };
  const detector = createEventModelDetector(scorer, createVectorCache(standInEncoder), { maxMemorised: 1 });
  const judge = createJudge(config, { modelVersion: () => scorer.version, now: () => 0 });
  let events = 0;
  const judged = async (moreNats = 0) => {
    extra = moreNats;
    events += 1;
    const timeMs = events * 1_000;
    // What comes before is never the same twice running: nothing is answered from memory.
    const before = { template: "before", gapMs: (events % 2) * 1_000, timeMs };
    const both = freshWindow([before, { template: `t${events % 5}`, timeMs }]);
    const window = { ...both, freshFrom: 1, freshRecords: [0] };
    const places = placesOf([window]);
    const findings = judge.judge(places, [await detector.score(places, new AbortController().signal)]);
    return { window, findings, isAnomaly: findings.some(({ verdict }) => verdict.isAnomaly) };
  };
  const learn = ({ window, findings }: Awaited<ReturnType<typeof judged>>) => {
    detector.learn([window]);
    judge.learn(findings);
  };
  return {
    judged,
    learn,
    /** Alerts among so many normal events. */
    async live(normal: number) {
      let alerts = 0;
      for (let i = 0; i < normal; i++) {
        const one = await judged();
        alerts += one.isAnomaly ? 1 : 0;
        learn(one);
      }
      return alerts;
    },
    replace: (next: Weights) => {
      inUse = next;
    },
    restart() {
      for (const part of [detector, judge]) part.restore(JSON.parse(JSON.stringify(part.snapshot())));
    },
  };
}

describe.each([
  ["more", 5],
  ["less", -5],
])("weights that are %s surprised by everything than those before them", (_, difference) => {
  it.each([1, 2, 3])("neither alarm in a burst nor fall silent, there and back (seed %i)", async (seed) => {
    const old = { version: "old", constant: 6 };
    const service = oneService(old, seed);
    const before = await service.live(3_000);
    for (const weights of [{ version: "new", constant: 6 + difference }, old]) {
      service.replace(weights);
      expect(await service.live(3_000)).toBeLessThanOrEqual(before + 3);
      expect((await service.judged(14)).isAnomaly).toBe(true);
    }
  });

  it("are believed as little as in a service that nobody knows, until they have seen as much of it", async () => {
    const service = oneService({ version: "old", constant: 6 }, 1);
    await service.live(3_000);
    service.restart();
    service.replace({ version: "new", constant: 6 + difference });
    await service.live(20);
    service.restart();
    expect((await service.judged(14)).isAnomaly).toBe(false);
    await service.live(2 * config.learning_records);
    expect((await service.judged(14)).isAnomaly).toBe(true);
  });
});

it("what the weights before said while they were replaced is not learned as normal for the new ones", async () => {
  const service = oneService({ version: "old", constant: 6 }, 1);
  await service.live(2_000);
  const late = await Promise.all(Array.from({ length: 50 }, () => service.judged()));
  service.replace({ version: "new", constant: 1 });
  await service.live(2_000);
  for (const one of late) service.learn(one);
  expect((await service.judged(14)).isAnomaly).toBe(true);
});
