import type { DetectorContribution, Explanation, TokenImportance } from "../../store/store.ts";
import type { Contribution, Finding } from "../calibrate/verdict.ts";
import type { EvidenceDetail, Expectation } from "../detect/detector.ts";
import type { SequenceWindow } from "../window/sequence-window.ts";
import type { Explain } from "./explain.ts";
import { type Oddness, sentence } from "./sentence.ts";

/** Words that a sentence names as what counted. */
const WORDS_NAMED_MAX = 2;

/** Explains from the evidence alone. A template may hold raw values of a line that was seen only once: `redact` hides them. */
export function createExplain({ redact }: { readonly redact: (text: string) => string }): Explain {
  return (finding): Explanation => {
    const { contributions } = finding.verdict;
    const came = finding.window.events[finding.event]?.match.template;
    // What came cannot be what was expected instead, however probable it was.
    const expected = expectedOf(contributions)
      .filter(({ template }) => template === undefined || template !== came)
      .map(({ template, probability }) => ({
        template: template === undefined ? undefined : redact(template),
        probability,
      }));
    return {
      summary: sentence(oddnessOf(finding, expected, redact)),
      source: "MODEL",
      expected,
      detectors: sharesOf(contributions),
      tokens: tokensOf(contributions),
    };
  };
}

function oddnessOf(
  { window, event, verdict }: Finding,
  expected: readonly Expectation[],
  redact: (text: string) => string,
): Oddness {
  const after = templateAt(window, event - 1, redact);
  const template = templateAt(window, event, redact);
  const { contributions } = verdict;
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

interface Place {
  /** undefined at the end of a session. */
  readonly template: string | undefined;
  readonly after: string | undefined;
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

function templateAt(
  { events }: SequenceWindow,
  index: number,
  redact: (text: string) => string,
): string | undefined {
  const match = events[index]?.match;
  return match === undefined ? undefined : redact(match.template);
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

/** Each detector's share of -ln p, the unit in which the evidence adds up. */
function sharesOf(contributions: readonly Contribution[]): readonly DetectorContribution[] {
  const weights = contributions.map(({ pValue }) => -Math.log(pValue));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return contributions.map(({ detector, pValue }, index) => ({
    detector,
    pValue,
    share: total === 0 ? 1 / contributions.length : (weights[index] ?? 0) / total,
  }));
}
