import type { TokenImportance } from "../../store/anomaly.ts";
import type { Contribution, Finding } from "../calibrate/verdict.ts";
import type { DetectorName, EvidenceDetail, Expectation } from "../detect/evidence.ts";
import type { Oddness } from "./oddness.ts";
import { parameterName } from "./parameter-name.ts";
import { severityName } from "./severity-name.ts";

/** Words that a sentence names as what counted. */
const WORDS_NAMED_MAX = 2;

/** Detectors whose evidence is about an event in its place. */
const ofSequences: ReadonlySet<DetectorName> = new Set([
  "event-model",
  "ngram",
  "new-template",
  "pretrained-model",
]);

/** A finding with what its sentence is about. */
export interface FoundOddity {
  readonly finding: Finding;
  /** The contributions that are about the same place, the strongest first. */
  readonly there: readonly Contribution[];
  /** Where it was odd. */
  readonly where: Where;
  /** Most probable first; redacted. */
  readonly expected: readonly Expectation[];
  readonly redact: (text: string) => string;
}

/** Where something was odd: raw templates. */
export interface Where {
  /** undefined at the end of a session. */
  readonly template: string | undefined;
  readonly after: string | undefined;
}

/** What one event, or the end of a session, was like: what the strongest evidence says, in redacted texts. */
export function oddnessOf(found: FoundOddity): Oddness {
  const { finding, there, where, expected, redact } = found;
  const { template, after } = redacted(where, redact);
  const told = there.find(canTell) ?? there[0];
  const { detail, past } = told?.evidence ?? {};
  const probability = there.find(({ evidence }) => evidence.probability !== undefined)?.evidence.probability;
  // Of a record that a classifier has judged, nothing else counts.
  if (template !== undefined && probability !== undefined)
    return { kind: "classified", template, after, probability, words: strongest(tokensOf(there)) };
  const detailed = detail && detailedOddness(detail, found);
  if (detailed !== undefined) return detailed;
  const order = there.find(({ evidence }) => evidence.order !== undefined)?.evidence.order;
  if (template === undefined) return { kind: "ended-early", after, expected, order };
  if (told?.detector === "new-template") {
    const { service, events } = finding.window;
    const severity = severityName(events[finding.event]?.severityNumber ?? 0);
    return { kind: "never-seen", template, service: redact(service), severity, expected, past };
  }
  if (order?.skipped !== undefined)
    return { kind: "skipped", skipped: redact(order.skipped), template, after };
  return { kind: "out-of-order", template, after, expected, order };
}

/** Whether a sentence can be made of it: others than those of the sequence tell details of what is odd enough alone. */
function canTell({ detector, evidence }: Contribution): boolean {
  return evidence.detail !== undefined || ofSequences.has(detector);
}

/** The words' weights of the strongest detector that has any. Offsets are into the redacted template. */
export function tokensOf(contributions: readonly Contribution[]): readonly TokenImportance[] {
  return contributions.find(({ evidence }) => evidence.tokens !== undefined)?.evidence.tokens ?? [];
}

function redacted({ template, after }: Where, redact: (text: string) => string): Where {
  const shown = (text: string | undefined) => (text === undefined ? undefined : redact(text));
  return { template: shown(template), after: shown(after) };
}

/** The detail in its place; undefined where it needs an event and there is none. */
function detailedOddness(
  detail: EvidenceDetail,
  { finding, where, expected, redact }: FoundOddity,
): Oddness | undefined {
  const { template, after } = redacted(where, redact);
  switch (detail.kind) {
    case "length":
      return detail;
    case "count":
      return { ...detail, template: redact(detail.template) };
    case "silence":
      return {
        ...detail,
        template: detail.template === undefined ? undefined : redact(detail.template),
        service: redact(finding.window.service),
        isTotal: finding.window.missing === "everything",
      };
    case "rate":
      return template === undefined ? undefined : { ...detail, template };
    case "parameter": {
      if (template === undefined) return undefined;
      const name = parameterName({ original: where.template ?? "", shown: template }, detail.slot);
      return { ...detail, template, name };
    }
    case "gap":
      return template === undefined ? undefined : { ...detail, template, after };
    case "order-change":
      return template === undefined
        ? undefined
        : { ...detail, template, after: detail.after && redact(detail.after), expected };
  }
}

/** Of plain words: neither punctuation nor a placeholder says anything to a reader. */
function strongest(tokens: readonly TokenImportance[]): readonly string[] {
  return tokens
    .filter(({ token, importance }) => importance > 0 && /^[^<]*\p{L}/u.test(token))
    .sort((a, b) => b.importance - a.importance)
    .slice(0, WORDS_NAMED_MAX)
    .map(({ token }) => token);
}
