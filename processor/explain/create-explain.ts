import type { DetectorContribution, Explanation, TokenImportance } from "../../store/anomaly.ts";
import type { Contribution, Finding } from "../calibrate/verdict.ts";
import type { EvidenceDetail, Expectation } from "../detect/evidence.ts";
import type { Explain } from "./explain.ts";
import { type Oddness, sentence } from "./sentence.ts";

/** Words that a sentence names as what counted. */
const WORDS_NAMED_MAX = 2;

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
      summary: sentence(oddnessOf(finding, there, redacted(where, redact), expected, redact)),
      source: "MODEL",
      expected,
      detectors: sharesOf(contributions),
      tokens: tokensOf(contributions),
    };
  };
}

/** Where it was odd. */
interface Where {
  /** undefined at the end of a session. */
  readonly template: string | undefined;
  readonly after: string | undefined;
}

/** The event that was judged; of a session the event in it that the strongest evidence is about, or else its end. */
function placeOf({ window, event, verdict }: Finding): Where {
  const templateAt = (index: number) => window.events[index]?.match.template;
  return verdict.contributions[0]?.place ?? { template: templateAt(event), after: templateAt(event - 1) };
}

function redacted({ template, after }: Where, redact: (text: string) => string): Where {
  const shown = (text: string | undefined) => (text === undefined ? undefined : redact(text));
  return { template: shown(template), after: shown(after) };
}

/** The contributions that are about the same place as the strongest one: in the verdict on an event all of them. */
function withStrongest(contributions: readonly Contribution[]): readonly Contribution[] {
  const place = contributions[0]?.place;
  return contributions.filter(
    (one) => one.place?.template === place?.template && one.place?.after === place?.after,
  );
}

function oddnessOf(
  { window }: Finding,
  contributions: readonly Contribution[],
  { template, after }: Where,
  expected: readonly Expectation[],
  redact: (text: string) => string,
): Oddness {
  const probability = contributions.find(({ evidence }) => evidence.probability !== undefined)?.evidence
    .probability;
  // Of a record that a classifier has judged, nothing else counts.
  if (template !== undefined && probability !== undefined)
    return { kind: "classified", template, after, probability, words: strongest(tokensOf(contributions)) };
  const detail = contributions[0]?.evidence.detail;
  const detailed = detail && detailedOddness(detail, { template, after, service: window.service, redact });
  if (detailed !== undefined) return detailed;
  if (template === undefined) return { kind: "ended-early", after, expected };
  if (contributions[0]?.detector === "new-template")
    return { kind: "never-seen", template, service: redact(window.service), expected };
  return { kind: "out-of-order", template, after, expected };
}

interface Place extends Where {
  readonly service: string;
  readonly redact: (text: string) => string;
}

/** The detail in its place; undefined where it needs an event and there is none. */
function detailedOddness(
  detail: EvidenceDetail,
  { template, after, service, redact }: Place,
): Oddness | undefined {
  switch (detail.kind) {
    case "length":
      return detail;
    case "count":
      return { ...detail, template: redact(detail.template) };
    case "silence":
      return {
        ...detail,
        template: detail.template === undefined ? undefined : redact(detail.template),
        service: redact(service),
      };
    case "rate":
    case "parameter":
      return template === undefined ? undefined : { ...detail, template };
    case "gap":
      return template === undefined ? undefined : { ...detail, template, after };
  }
}

/** What the strongest detector that expected anything expected. */
function expectedOf(contributions: readonly Contribution[]): readonly Expectation[] {
  return contributions.find(({ evidence }) => evidence.expected.length > 0)?.evidence.expected ?? [];
}

/** The words' weights of the strongest detector that has any. Offsets are into the redacted template. */
function tokensOf(contributions: readonly Contribution[]): readonly TokenImportance[] {
  return contributions.find(({ evidence }) => evidence.tokens !== undefined)?.evidence.tokens ?? [];
}

/** Of plain words: neither punctuation nor a placeholder says anything to a reader. */
function strongest(tokens: readonly TokenImportance[]): readonly string[] {
  return tokens
    .filter(({ token, importance }) => importance > 0 && /^[^<]*\p{L}/u.test(token))
    .sort((a, b) => b.importance - a.importance)
    .slice(0, WORDS_NAMED_MAX)
    .map(({ token }) => token);
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
