import { describe, expect, it } from "vitest";
import { type PlacedEvidence, said } from "../../test/helpers/detector-windows.ts";
import type { DetectorName } from "../detect/evidence.ts";
import type { SequenceWindow } from "../window/sequence-window.ts";
import { createSessionTally } from "../window/session-tally.ts";
import { calibrateConfig } from "./config.ts";
import { createJudge, type ServiceJudge } from "./create-judge.ts";
import type { Verdict } from "./verdict.ts";

const DAY_MS = 86_400_000;
/** Promise and measurement may differ by this factor, at the false-alarm probabilities simulated here (1e-4 to 2.5e-3). */
const TOLERANCE = 3;

/** One event: its template and each detector's surprise. */
interface SimulatedEvent {
  readonly template: string;
  readonly surprises: Partial<Record<DetectorName, number>>;
}

/** mulberry32, in [0, 1). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const exponential = (random: () => number) => -Math.log(1 - random());
const normal = (random: () => number) =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** A service of `recordsPerDay`, judged and learned event by event. */
function simulate(judge: ServiceJudge, recordsPerDay: number) {
  let timeMs = 1_000_000_000_000;
  return (event: SimulatedEvent): Verdict => {
    timeMs += DAY_MS / recordsPerDay;
    const match = { templateId: event.template, template: event.template, parameters: [], isNew: false };
    const window: SequenceWindow = {
      service: "shop",
      stream: "",
      events: [{ match, timeMs, gapMs: 0, severityNumber: 9 }],
      freshFrom: 0,
      freshRecords: [0],
      isStart: false,
      isClosed: false,
      session: createSessionTally(),
    };
    const evidence = Object.entries(event.surprises).map(
      ([detector, surprise]) => ({ detector, surprise, window: 0, event: 0, expected: [] }) as PlacedEvidence,
    );
    const findings = judge.judge(...said([window], evidence));
    judge.learn(findings);
    const verdict = findings[0]?.verdict;
    if (verdict === undefined) throw new Error("no verdict");
    return verdict;
  };
}

const newJudge = (settings: object = {}) =>
  createJudge(calibrateConfig.parse(settings), { modelVersion: () => "test", now: () => 0 });

/** The long run prints the figures that the documentation quotes: LOGBERT_PRINT_FIGURES=1 npx vitest run --project unit processor/calibrate */
const isLong = process.env["LOGBERT_PRINT_FIGURES"] !== undefined;

/** Realised alerts against promised ones, after the young phase. */
function realised(
  name: string,
  alertsPerDay: number,
  stream: (random: () => number) => () => SimulatedEvent,
) {
  const recordsPerDay = isLong ? 50_000 : 20_000;
  let alerts = 0;
  let counted = 0;
  for (const seed of isLong ? [1, 2, 3] : [1]) {
    const feed = simulate(newJudge({ alerts_per_day: alertsPerDay }), recordsPerDay);
    const next = stream(seeded(seed));
    for (let i = 0; i < 6 * recordsPerDay; i++) {
      const { isAnomaly } = feed(next());
      if (i < recordsPerDay / 2) continue;
      counted += 1;
      alerts += isAnomaly ? 1 : 0;
    }
  }
  const ratio = alerts / ((counted / recordsPerDay) * alertsPerDay);
  if (isLong)
    process.stdout.write(
      `${name}: ${alerts} alerts in ${counted} records, ${ratio.toFixed(2)} of the promise\n`,
    );
  return ratio;
}

const independent = (random: () => number) => () => ({
  template: `t${Math.floor(20 * random())}`,
  surprises: { "event-model": exponential(random), ngram: 1.5 * exponential(random), "new-template": 0 },
});

const dependent = (random: () => number) => () => {
  const both = exponential(random);
  return {
    template: `t${Math.floor(20 * random())}`,
    surprises: { "event-model": both + 0.2 * random(), ngram: 1.2 * both, "new-template": 0 },
  };
};

const autocorrelated = (random: () => number) => {
  let state = 0;
  return () => {
    state = 0.9 * state + Math.sqrt(1 - 0.81) * normal(random);
    return {
      template: `t${Math.floor(20 * random())}`,
      surprises: { "event-model": 2 * Math.exp(0.5 * state), ngram: exponential(random), "new-template": 0 },
    };
  };
};

const bursty = (random: () => number) => {
  let isBurst = false;
  return () => {
    if (random() < (isBurst ? 0.02 : 0.0005)) isBurst = !isBurst;
    const scale = isBurst ? 2 : 1;
    return {
      template: `t${Math.floor(20 * random())}`,
      surprises: {
        "event-model": scale * exponential(random),
        ngram: scale * exponential(random),
        "new-template": 0,
      },
    };
  };
};

const withRareTemplate = (random: () => number) => {
  const usual = independent(random);
  return () =>
    random() < 0.001
      ? {
          template: "rare",
          surprises: { "event-model": 9 + random(), ngram: 8 + random(), "new-template": 0 },
        }
      : usual();
};

describe("the realised false-alarm rate keeps the promise", () => {
  it.each([
    ["independent surprises", independent],
    ["dependent detectors", dependent],
    ["autocorrelated surprises", autocorrelated],
    ["bursts", bursty],
    ["a template of every 1,000th record", withRareTemplate],
  ])(
    "on %s",
    (name, stream) => {
      for (const alertsPerDay of [5, 50]) {
        const ratio = realised(`${name}, ${alertsPerDay} a day`, alertsPerDay, stream);
        expect(ratio, `${alertsPerDay} a day`).toBeLessThan(TOLERANCE);
        expect(ratio, `${alertsPerDay} a day`).toBeGreaterThan(1 / TOLERANCE);
      }
    },
    60_000,
  );
});

describe("in a service with a past", () => {
  const past = (records: number, settings: object = {}) => {
    const judge = newJudge(settings);
    const feed = simulate(judge, 100_000);
    const next = independent(seeded(7));
    for (let i = 0; i < records; i++) feed(next());
    return { judge, feed, next };
  };
  const odd = { template: "t1", surprises: { "event-model": 18, ngram: 14, "new-template": 0 } };

  it("a planted odd event is above the threshold", () => {
    for (const records of [600, 5_000, 50_000]) {
      const { isAnomaly, score, threshold } = past(records).feed(odd);
      expect(isAnomaly, `${score} against ${threshold} after ${records}`).toBe(true);
    }
  });

  it("what was hardly ever seen cannot alert by where it stands", () => {
    const { feed, next } = past(20_000);
    for (let seen = 0; seen < 4; seen++) {
      expect(feed({ ...odd, template: "a job of every night" }).isAnomaly).toBe(false);
      for (let j = 0; j < 10; j++) feed(next());
    }
  });

  it("an unseen message is as odd as the novelty detector says, however odd the known ones were", () => {
    const { feed } = past(20_000);
    for (let i = 0; i < 300; i++) feed({ template: "t2", surprises: { ngram: 9 + (i % 7) } });
    expect(feed({ template: "new", surprises: { "new-template": 13, ngram: 7 } }).isAnomaly).toBe(true);
  });

  it("the same oddness coming back stops alarming after some twenty times, and alone", () => {
    const { feed, next } = past(20_000);
    let alerts = 0;
    for (let i = 0; i < 2_000; i++) {
      alerts += feed(odd).isAnomaly ? 1 : 0;
      for (let j = 0; j < 10; j++) feed(next());
    }
    expect(alerts).toBeGreaterThanOrEqual(1);
    expect(alerts).toBeLessThanOrEqual(25);
  });

  it("a restart keeps the threshold, the state and the scores", () => {
    const { judge, feed } = past(3_000);
    const again = newJudge();
    again.restore(JSON.parse(JSON.stringify(judge.snapshot())));
    expect(again.services()).toEqual(judge.services());
    expect(again.falseAlarmRates()).toEqual(judge.falseAlarmRates());
    expect(simulate(again, 100_000)(odd).score).toBeCloseTo(feed(odd).score, 2);
  });
});
