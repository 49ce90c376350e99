import { describe, expect, it } from "vitest";
import type { News } from "../calibrate/releases.ts";
import type { Contribution, Finding } from "../calibrate/verdict.ts";
import type { DetectorName, Evidence } from "../detect/evidence.ts";
import type { LogEvent } from "../window/sequence-window.ts";
import { createSessionTally } from "../window/session-tally.ts";
import { factsOf } from "./facts.ts";

type Told = Partial<Evidence> & { readonly pValue?: number };

const NOW_MS = Date.UTC(2026, 0, 5, 8);
const event = (template: string, severityNumber = 9, afterMs = 0): LogEvent => ({
  match: { templateId: template, template, parameters: ["a secret"], isNew: false },
  timeMs: NOW_MS + afterMs,
  gapMs: 0,
  severityNumber,
});

/** The facts of a finding on the second event of three, or, where it is `at` 3, on the end behind them. */
function facts(
  told: Partial<Record<DetectorName, Told>>,
  {
    at = 1,
    pValue = 5e-5,
    events = [event("a"), event("b", 13), event("c", 9)],
    alerts = 0,
    news = undefined as News | undefined,
  } = {},
): readonly string[] {
  const contributions = Object.entries(told).map(
    ([name, { pValue: ownPValue = 1e-5, ...facts }]): Contribution => {
      const detector = name as DetectorName;
      const evidence = { detector, surprise: 1, expected: [], ...facts };
      return { detector, pValue: ownPValue, ownPValue, evidence };
    },
  );
  const finding: Finding = {
    recordIndex: at < events.length ? 0 : undefined,
    event: at,
    window: {
      service: "shop",
      stream: "s",
      events,
      freshFrom: 0,
      freshRecords: [0, 1, 2],
      isStart: true,
      isClosed: true,
      session: createSessionTally(),
    },
    verdict: {
      score: 0.9,
      pValue,
      strength: 0,
      threshold: 0.85,
      isAnomaly: true,
      modelVersion: "m",
      news,
      contributions,
      background: { recordsPerDay: 40_000, alertsOf: (kind) => (kind === "b" ? alerts : 0) },
    },
  };
  return factsOf({ finding, there: contributions, redact: (text) => text.replace("bob", "<NAME>") });
}

describe("the facts of a finding", () => {
  it("are how well it is known, its severity, and how rare it is, a day too", () => {
    const past = { records: 120_000, templates: 48, times: 3, firstMs: NOW_MS - 120_000 };
    expect(facts({ "new-template": { past } })).toEqual([
      "Seen 3 times in 120,000 records of shop, for the first time 2 min before.",
      "It was written as WARN.",
      "By chance one in 20,000 records of shop is this odd, at its pace 2 a day.",
    ]);
  });

  it("of a new message are what is known instead, and nothing of its order", () => {
    const told = facts({
      "new-template": { past: { records: 120_000, templates: 48, times: 0 }, nearest: "ask bob" },
      ngram: { order: { times: 0, of: 90 } },
    });
    expect(told.slice(0, 2)).toEqual([
      "Never seen in 120,000 records of shop, which have 48 different messages.",
      'Of the known messages the nearest in meaning is "ask <NAME>".',
    ]);
    expect(told.join()).not.toContain("followed");
  });

  it("are what the service runs now and ran before, where that has just changed", () => {
    const deployment = {
      release: { version: "1.4.2", deployment: "of bob", key: "" },
      previous: { version: "1.4.1", deployment: undefined, key: "" },
      startedMs: NOW_MS - 120_000,
      untilMs: NOW_MS,
    };
    const news = { deployment, broughtBy: undefined, isFirst: false, isHeld: false };
    const told = facts({ ngram: {} }, { news });
    const first = { ...news, deployment: { ...deployment, startedMs: NOW_MS } };
    expect(facts({ ngram: {} }, { news: first }).join()).toContain("<NAME> only just; before it ran");
    expect(told).toContain(
      "The service has run version 1.4.2, deployment of <NAME> for 2 min; before it ran version 1.4.1.",
    );
  });

  it("are errors around it, in its own stream", () => {
    const events = [event("disk of bob full", 17), event("b"), event("c", 9), event("write failed", 21, 40)];
    expect(facts({}, { events })).toEqual(
      expect.arrayContaining([
        'Before it in the same stream came ERROR "disk of <NAME> full".',
        'It was followed by FATAL "write failed", 40 ms later.',
      ]),
    );
  });

  it("name the detectors that agree, and the order where it is one of the oddities", () => {
    const order = { times: 3, of: 1_200 };
    expect(facts({ gap: {}, rate: { pValue: 0.004 }, ngram: { pValue: 0.2, order } })).toEqual(
      expect.arrayContaining(["2 of 3 detectors find it odd: the pause before it, how often it comes."]),
    );
    expect(facts({ gap: {}, ngram: { pValue: 0.2, order } }).join()).not.toContain("followed");
    expect(facts({ gap: {}, ngram: { pValue: 0.002, order } })).toContain(
      "It has followed the message before it in 3 of 1,200 cases.",
    );
    expect(facts({ ngram: { order: { times: 0, of: 7 } } }, { at: 3 })).toContain(
      "A session has ended after the message before in none of 7 cases.",
    );
  });

  it.each<readonly [detail: NonNullable<Evidence["detail"]>, fact: string]>([
    [{ kind: "rate", count: 40, usual: 2, spanMs: 10_000 }, "That is about 20 times its usual."],
    [
      { kind: "silence", template: "b", silentMs: 90_000, usualMs: 5_000, sinceMs: 0, longestMs: 12_000 },
      "The longest pause lately was about 12 s.",
    ],
    [
      { kind: "gap", gapMs: 5_000, usualMs: 100, cases: 340 },
      "That is about 50 times its usual, by the last 340 cases.",
    ],
    [
      { kind: "length", events: 1, usual: 20, usualMin: 18, usualMax: 22, sessions: 420 },
      "Of 420 known sessions half had at most 20 events.",
    ],
    [
      { kind: "parameter", slot: 0, oddity: "value", seen: 1_200, values: 3 },
      "Its place in the message is known from 1,200 earlier records, with 3 different values.",
    ],
    [
      {
        kind: "parameter",
        slot: 0,
        oddity: "number",
        seen: 1_200,
        times: 54,
        time: { tookMs: 5_400, usualMs: 100 },
      },
      "Its place in the message is known from 1,200 earlier records; this one is about 54 times its usual.",
    ],
  ])("say how far it is from the usual: %#", (detail, fact) => {
    expect(facts({ rate: { detail } })[0]).toBe(fact);
  });

  it("say how often the like of it alerted, at least: what has faded counts as one", () => {
    expect(facts({}, { alerts: 2.3 })).toContain("The like of it alerted before: at least 3 times lately.");
    expect(facts({}, { alerts: 0.9 })).toContain("The like of it alerted before: at least once lately.");
    expect(facts({}, { alerts: 0.05 }).join()).not.toContain("alerted");
  });

  it("of a session are told of sessions, and what is rarer than can be measured is said so", () => {
    expect(facts({}, { at: 3, pValue: 1e-3 })).toContain(
      "By chance one in 1,000 sessions of shop is this odd.",
    );
    expect(facts({}, { pValue: 1e-12 })).toContain(
      "By chance fewer than one in a billion records of shop are this odd.",
    );
    expect(facts({}, { pValue: 1e-6 })).toContain(
      "By chance one in 1,000,000 records of shop is this odd, at its pace one every 25 days.",
    );
  });

  it("of a classifier's verdict are no share of records", () => {
    expect(facts({ "pretrained-model": { probability: 0.97 } }).join()).not.toContain("By chance");
  });

  it("never hold a raw parameter", () => {
    expect(facts({ gap: {} }).join()).not.toContain("secret");
  });
});
