import type { DetectorContribution, Explanation } from "../../store/anomaly.ts";
import type { Contribution, Finding } from "../calibrate/verdict.ts";
import type { Expectation } from "../detect/evidence.ts";
import type { Explain } from "./explain.ts";
import { factsOf } from "./facts.ts";
import { oddnessOf, tokensOf, type Where } from "./oddness-of.ts";
import { sentence } from "./sentence.ts";

/** Explains from the evidence alone. A template may hold raw values of a line that was seen only once: `redact` hides them. */
export function createExplain({ redact }: { readonly redact: (text: string) => string }): Explain {
  return (finding): Explanation => {
    const { contributions } = finding.verdict;
    const where = placeOf(finding);
    const there = withStrongest(contributions);
    // What came cannot be what was expected instead, however probable it was.
    const expected = expectedOf(there)
      .filter(({ template }) => template === undefined || template !== where.template)
      .map(({ template, probability }) => ({
        template: template === undefined ? undefined : redact(template),
        probability,
      }));
    return {
      summary: sentence(oddnessOf({ finding, there, where, expected, redact })),
      facts: factsOf({ finding, there, redact }),
      source: "MODEL",
      expected,
      detectors: sharesOf(contributions),
      tokens: tokensOf(contributions),
    };
  };
}

/** The event that was judged; of a session the event in it that the strongest evidence is about, or else its end. */
function placeOf({ window, event, verdict }: Finding): Where {
  const templateAt = (index: number) => window.events[index]?.match.template;
  return verdict.contributions[0]?.place ?? { template: templateAt(event), after: templateAt(event - 1) };
}

/** The contributions that are about the same place as the strongest one: in the verdict on an event all of them. */
function withStrongest(contributions: readonly Contribution[]): readonly Contribution[] {
  const place = contributions[0]?.place;
  return contributions.filter(
    (one) => one.place?.template === place?.template && one.place?.after === place?.after,
  );
}

/** What the strongest detector that expected anything expected. */
function expectedOf(contributions: readonly Contribution[]): readonly Expectation[] {
  return contributions.find(({ evidence }) => evidence.expected.length > 0)?.evidence.expected ?? [];
}

/** Each detector's share of -ln p, the unit in which the evidence adds up, as it counted in the verdict. */
function sharesOf(contributions: readonly Contribution[]): readonly DetectorContribution[] {
  const weights = contributions.map(({ pValue }) => -Math.log(pValue));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return contributions.map(({ detector, pValue, ownPValue }, index) => ({
    detector,
    pValue,
    ownPValue: ownPValue === pValue ? undefined : ownPValue,
    share: total === 0 ? 1 / contributions.length : (weights[index] ?? 0) / total,
  }));
}
