import { createHash } from "node:crypto";
import type { StoredAnomaly } from "../../store/anomaly.ts";
import type { Asked } from "./config.ts";
import { PROMPT_VERSION } from "./prompt.ts";

/** Characters of a quoted text that was cut which stand for it: how much of it is left depends on the numbers beside it. */
const CUT_CHARACTERS = 20;
/** What is measured: times of day, numbers with their units, and numbers in words; not the 5xx of a class of status. */
const MEASURE =
  /since (?:[\d-]+ )?[\d:]+ UTC|\b(?:once|twice|not at all)\b|(?:\b(?:about|(?:fewer|less|more) than) )?<?(?<!\w)(?:1\/)?\d(?:[\d.,]*\d)?(?!\w)(?: (?:ms|s|min|h|days?|%|times|events?|records?)(?!\w))?/g;

/**
 * What an answer is kept under: anomalies of one service, template and subject (the event, the end of a session, a silence) that were
 * found by the same detector, and are told of in the same words but for their numbers, share one. Where values are sent the record's
 * own text is part of it: an answer about one record's values is none about another's.
 */
export function fingerprint(
  anomaly: StoredAnomaly,
  { provider, model, baseUrl, sendsValues }: Asked,
): string {
  const { service, kind, template, explanation, body } = anomaly;
  const shared = [
    PROMPT_VERSION,
    provider,
    model,
    baseUrl,
    service,
    kind,
    template,
    explanation.detectors[0]?.detector,
    withoutMeasures(explanation.summary),
  ];
  return hashOf(sendsValues ? [...shared, body] : shared);
}

/** What an answer about one anomaly alone is kept under. */
export function ownFingerprint(anomaly: StoredAnomaly, asked: Asked): string {
  return hashOf([fingerprint(anomaly, asked), anomaly.id]);
}

function hashOf(parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url");
}

/** Example: `Slow step: "a" came 54 s after "b"; usual is 1 s.` gives `Slow step: "a" came # after "b"; usual is #.` */
function withoutMeasures(summary: string): string {
  return summary
    .split(/("[^"]*")/)
    .map((part, index) => (index % 2 === 0 ? part.replace(MEASURE, "#") : startOfCut(part)))
    .join("");
}

function startOfCut(quoted: string): string {
  return quoted.includes("…") ? quoted.slice(0, CUT_CHARACTERS) : quoted;
}
