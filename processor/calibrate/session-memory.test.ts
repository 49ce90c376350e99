import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { freshWindow } from "../../test/helpers/detector-windows.ts";
import type { DetectorName, Evidence } from "../detect/evidence.ts";
import type { SequenceWindow } from "../window/sequence-window.ts";
import { groundsOf } from "./grounds.ts";
import { JudgedVerdict } from "./judged-verdict.ts";
import { createLastingMemory, createPassingMemory, type SessionMemory } from "./session-memory.ts";
import { joined, type PlacedEvidence, type Strongest, withAdded } from "./strongest.ts";
import type { Contribution, Finding, Verdict } from "./verdict.ts";

const DETECTORS: readonly DetectorName[] = ["event-model", "ngram", "gap", "new-template", "rate"];
/** Held as what a release has brought, and not odd enough for that to make a difference. */
const HELD: Pick<Verdict, "news" | "quieted"> = {
  news: { deployment: undefined, broughtBy: undefined, isFirst: false, isHeld: true },
  quieted: { pValue: 1, floor: 0.1, floors: new Map([["message", 0.1]]) },
};

/** Of each event what each detector says of it; few different numbers, so that many are equal. */
const said = fc.dictionary(fc.constantFrom(...DETECTORS), fc.constantFrom(0, 1, 2, 3, 4), {
  noNullPrototype: true,
});
const session = fc.array(said, { maxLength: 12 });

function findingAt(
  window: SequenceWindow,
  event: number,
  surprises: Readonly<Record<string, number>>,
  held: Partial<Pick<Verdict, "news" | "quieted">> = {},
): Finding {
  const evidence = DETECTORS.flatMap((detector): Evidence[] => {
    const surprise = surprises[detector];
    return surprise === undefined ? [] : [{ detector, surprise, expected: [] }];
  });
  const grounds = groundsOf(evidence.map((one) => ({ evidence: one, place: undefined })));
  const judgement = {
    score: 0,
    pValue: 1,
    strength: 0,
    threshold: 1,
    isAnomaly: false,
    modelVersion: "test",
    ...held,
  };
  return { recordIndex: event, window, event, verdict: new JudgedVerdict(judgement, grounds) };
}

function windowOf(events: number): SequenceWindow {
  return freshWindow(Array.from({ length: events }, (_, at) => ({ template: `t${at % 4}` })));
}

/** What should be remembered, by lists of everything that came. */
function plainly(findings: readonly Finding[]): Strongest {
  const strongest = new Map<DetectorName, readonly PlacedEvidence[]>();
  for (const finding of findings) {
    const { contributions } = finding.verdict;
    const isNew = contributions.some(isNovelty);
    for (const { detector, evidence } of contributions) {
      if (isNew && detector !== "new-template") continue;
      strongest.set(detector, withEvidence(strongest.get(detector) ?? [], evidence, finding));
    }
  }
  return strongest;
}

/** That nothing new came is told once. */
function withEvidence(own: readonly PlacedEvidence[], evidence: Evidence, { window, event }: Finding) {
  const isNothing = evidence.surprise === 0;
  if (isNothing && evidence.detector === "new-template" && own.length > 0) return own;
  const template = window.events[event]?.match.template ?? "";
  return withAdded(own, {
    evidence,
    place: isNothing ? undefined : { template, after: undefined },
    isTold: false,
  });
}

function isNovelty({ detector, evidence }: Contribution): boolean {
  return detector === "new-template" && evidence.surprise > 0;
}

function surprisesIn(strongest: Strongest): Readonly<Record<string, readonly number[]>> {
  return Object.fromEntries(
    [...strongest].map(([detector, own]) => [detector, own.map((one) => one.evidence.surprise)]),
  );
}

function firstsIn(strongest: Strongest): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries([...strongest].map(([detector, [first]]) => [detector, first?.place?.template]));
}

describe.each([
  ["that lasts as long as the session", createLastingMemory],
  ["that lasts as long as itself", createPassingMemory],
] as const)("a memory %s", (_, create: () => SessionMemory) => {
  it("keeps of each detector the strongest, and where the first of them was", () => {
    fc.assert(
      fc.property(session, (events) => {
        const window = windowOf(events.length);
        const findings = events.map((surprises, event) => findingAt(window, event, surprises));
        const memory = create();
        for (const finding of findings) memory.remember(finding);
        const kept = memory.with(window.session, new Map());
        const expected = plainly(findings);
        expect(surprisesIn(kept)).toEqual(surprisesIn(expected));
        expect(firstsIn(kept)).toEqual(firstsIn(expected));
      }),
    );
  });

  it("joins what it keeps with what is added, and knows nothing of other sessions and of other memories", () => {
    const window = windowOf(2);
    const memory = create();
    memory.remember(findingAt(window, 0, { ngram: 3 }));
    const added: Strongest = new Map([
      [
        "ngram",
        [{ evidence: { detector: "ngram", surprise: 5, expected: [] }, place: undefined, isTold: true }],
      ],
    ]);
    expect(surprisesIn(memory.with(window.session, added))).toEqual({ ngram: [5, 3] });
    expect(memory.with(windowOf(2).session, added)).toBe(added);
    expect(create().with(window.session, added)).toBe(added);
    expect(surprisesIn(joined(added, added))).toEqual({ ngram: [5, 5] });
  });

  it("keeps of what a release has brought how often it came, and nothing else", () => {
    const window = windowOf(1);
    const memory = create();
    memory.remember(findingAt(window, 0, { ngram: 3, rate: 4, "new-template": 0 }, HELD));
    expect(surprisesIn(memory.with(window.session, new Map()))).toEqual({ rate: [4] });
  });
});
