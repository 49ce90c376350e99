import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rankCandidates, uncertainty } from "./rank.ts";

const candidate = (id: string, score: number, templateId = id, service = "shop", similar = 1) => ({
  id,
  service,
  templateId,
  score,
  threshold: 0.9,
  similar,
});
const none = () => 0;

describe("what to label next", () => {
  it("is nothing where there is nothing to label", () => {
    expect(rankCandidates([], none)).toEqual([]);
  });

  it("begins with what lies nearest to its threshold, on either side", () => {
    const ranked = rankCandidates(
      [candidate("far", 0.99), candidate("at", 0.9), candidate("near", 0.89)],
      none,
    );
    expect(ranked.map(({ id }) => id)).toEqual(["at", "near", "far"]);
    expect(ranked[0]?.value).toBe(1);
  });

  it("lists one record of each template of a service, and says how many are like it", () => {
    const ranked = rankCandidates(
      [
        candidate("a", 0.99, "t", "shop", 70),
        candidate("b", 0.91, "t", "shop", 70),
        candidate("c", 0.91, "t", "auth"),
      ],
      none,
    );
    expect(ranked.map(({ id, similar }) => [id, similar])).toEqual([
      ["c", 1],
      ["b", 70],
    ]);
  });

  it("asks less about what has been labelled", () => {
    const labels = ({ templateId }: { templateId: string }) => (templateId === "known" ? 3 : 0);
    const ranked = rankCandidates([candidate("1", 0.9, "known"), candidate("2", 0.93, "unknown")], labels);
    expect(ranked.map(({ id }) => id)).toEqual(["2", "1"]);
  });

  it("has values from 0 to 1, falling", () => {
    const score = fc.double({ min: 0, max: 1, noNaN: true });
    const candidates = fc.array(
      fc.record({
        id: fc.uuid(),
        service: fc.constant("s"),
        templateId: fc.uuid(),
        score,
        threshold: score,
        similar: fc.constant(1),
      }),
    );
    fc.assert(
      fc.property(candidates, (some) => {
        const values = rankCandidates(some, none).map(({ value }) => value);
        expect(values.every((value) => value >= 0 && value <= 1)).toBe(true);
        expect(values).toEqual([...values].sort((a, b) => b - a));
      }),
    );
  });
});

it("halves uncertainty for each ten times that a record is rarer than one at the threshold", () => {
  const scoreOf = (p: number) => 1 - p ** 0.25;
  expect(uncertainty({ score: scoreOf(1e-5), threshold: scoreOf(1e-4) })).toBeCloseTo(0.5);
  expect(uncertainty({ score: scoreOf(1e-2), threshold: scoreOf(1e-4) })).toBeCloseTo(0.25);
});
