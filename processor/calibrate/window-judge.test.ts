import { describe, expect, it } from "vitest";
import { type PlacedEvidence, said } from "../../test/helpers/detector-windows.ts";
import type { DetectorName } from "../detect/evidence.ts";
import type { LogEvent, SequenceWindow, Session } from "../window/sequence-window.ts";
import { createSessionTally } from "../window/session-tally.ts";
import { createWindowJudge } from "./window-judge.ts";

const event = (template: string): LogEvent => ({
  match: { templateId: template, template, parameters: [], isNew: false },
  timeMs: 0,
  gapMs: 0,
  severityNumber: 9,
});

const window = (session: Session, templates: readonly string[], isClosed: boolean): SequenceWindow => ({
  service: "shop",
  stream: "s",
  events: templates.map(event),
  freshFrom: isClosed ? templates.length : 0,
  freshRecords: isClosed ? [] : templates.map((_, index) => index),
  isStart: true,
  isClosed,
  session,
});

const odd = (detector: DetectorName, at: number, surprise: number, windowIndex = 0): PlacedEvidence => ({
  detector,
  window: windowIndex,
  event: at,
  surprise,
  expected: [],
});

/** p = e^-surprise of the strongest evidence; flagged from a score of 0.9 (p = 1e-4) on. */
const judge = (sessions = 99) =>
  createWindowJudge({
    modelVersion: () => "test",
    service: () => ({
      threshold: 0.9,
      background: { recordsPerDay: 0, alertsOf: () => 0 },
      deploymentOf: () => undefined,
      mayBring: () => false,
      brought: () => undefined,
      isConfirmed: () => false,
      familiarityOf: () => 1,
      sessionsKnown: sessions,
      assess: (_scope, grounds) => {
        let smallest = 1;
        for (let index = 0; index < grounds.size; index += 1) {
          const pValue = Math.exp(-grounds.surprise(index));
          grounds.assess(index, pValue);
          if (pValue < smallest) smallest = pValue;
        }
        return { strength: 0, pValue: smallest };
      },
    }),
  });

describe("the verdict on a session", () => {
  it("holds what each detector saw in it, over all its requests, with the place of the oddest", () => {
    const one = judge();
    const session = createSessionTally();
    const first = window(session, ["a", "b"], false);
    one.remember(one.judge(...said([first], [odd("ngram", 0, 1), odd("ngram", 1, 5)])));
    const second = window(session, ["a", "b", "c"], true);
    const [end, ...rest] = one.judge(...said([second], [odd("count-vector", 3, 3), odd("ngram", 3, 2)]));
    expect(rest).toEqual([]);
    expect(end?.recordIndex).toBeUndefined();
    expect(
      end?.verdict.contributions.map(({ detector, evidence, place }) => [detector, evidence.surprise, place]),
    ).toEqual([
      ["count-vector", 3, undefined],
      ["ngram", 8 / 3, { template: "b", after: "a" }],
    ]);
  });

  it("sees a session that begins and ends in one batch", () => {
    const session = createSessionTally();
    const findings = judge().judge(
      ...said([window(session, ["a", "b"], false), window(session, ["a", "b"], true)], [odd("gap", 1, 12)]),
    );
    expect(findings.map(({ event: at, verdict }) => [at, verdict.isAnomaly])).toEqual([
      [1, true],
      [2, false],
    ]);
    expect(findings[1]?.verdict.pValue).toBe(Math.exp(-12));
  });

  it("does not tell once more what was flagged when it came, but tells what only the end shows", () => {
    const session = createSessionTally();
    const windows = [window(session, ["a"], false), window(session, ["a"], true)];
    const told = judge().judge(...said(windows, [odd("gap", 0, 12), odd("length", 1, 11, 1)]));
    expect(told.map(({ verdict }) => verdict.isAnomaly)).toEqual([true, false]);
    const untold = judge().judge(...said(windows, [odd("gap", 0, 12), odd("length", 1, 13, 1)]));
    expect(untold.map(({ verdict }) => verdict.isAnomaly)).toEqual([true, true]);
  });

  it("takes of an event that is new its novelty alone", () => {
    const session = createSessionTally();
    const findings = judge().judge(
      ...said(
        [window(session, ["x"], false), window(session, ["x"], true)],
        [odd("new-template", 0, 4), odd("ngram", 0, 30)],
      ),
    );
    expect(findings[1]?.verdict.contributions.map(({ detector }) => detector)).toEqual(["new-template"]);
  });

  it("adds up new templates, each once", () => {
    const session = createSessionTally();
    const findings = judge(1_000_000).judge(
      ...said(
        [window(session, ["x", "x", "y"], false), window(session, ["x", "x", "y"], true)],
        [odd("new-template", 0, 4), odd("new-template", 1, 4), odd("new-template", 2, 3)],
      ),
    );
    expect(findings.at(-1)?.verdict.contributions.map(({ evidence }) => evidence.surprise)).toEqual([7]);
  });

  it("takes one new template for no more than one session in ten of a hundred, and every further one in full", () => {
    const surpriseOf = (templates: readonly string[], evidence: readonly PlacedEvidence[]) => {
      const session = createSessionTally();
      const windows = [window(session, templates, false), window(session, templates, true)];
      return judge()
        .judge(...said(windows, evidence))
        .at(-1)?.verdict.contributions[0]?.evidence.surprise;
    };
    const [first, second] = [odd("new-template", 0, 12), odd("new-template", 1, 9)];
    expect(surpriseOf(["x"], [first])).toBeCloseTo(Math.log(10), 9);
    expect(surpriseOf(["x", "y"], [first, second])).toBeCloseTo(Math.log(10) + 9, 9);
  });

  it("keeps sessions apart", () => {
    const one = judge();
    one.remember(one.judge(...said([window(createSessionTally(), ["a"], false)], [odd("gap", 0, 12)])));
    expect(one.judge(...said([window(createSessionTally(), ["a"], true)], []))).toEqual([]);
  });
});
