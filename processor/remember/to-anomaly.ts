import type { Anomaly, Explanation, WindowEvent } from "../../store/anomaly.ts";
import { kindOf } from "../calibrate/kind.ts";
import type { Verdict } from "../calibrate/verdict.ts";
import type { NamedAnomaly } from "../enrich/name-anomalies.ts";
import { markParameter } from "../explain/mark-parameter.ts";
import { placeWeights } from "../explain/place-weights.ts";
import type { RecordView } from "../wire/record-view.ts";

/** Longest body that is stored; the rest is cut. */
const BODY_CHARACTERS_MAX = 8_192;

/**
 * What is stored of an anomaly: redacted, and detached from the request's bytes.
 * @param record the anomalous record; undefined for the end of a session, which no record carries
 * @param redactTemplate as `redact`, for texts that come again and again
 */
export function toAnomaly(
  { id, finding, explanation }: NamedAnomaly,
  record: RecordView | undefined,
  redact: (text: string) => string,
  redactTemplate: (text: string) => string = redact,
): Anomaly {
  const { window, event, verdict } = finding;
  const subject = window.events[event] ?? window.events.at(-1);
  const body = record === undefined ? "" : redact(record.body.slice(0, BODY_CHARACTERS_MAX));
  const template = redactTemplate(subject?.match.template ?? "");
  return {
    id,
    timeMs: subject?.timeMs ?? 0,
    service: window.service,
    kind: kindOf(window, event),
    stream: redact(window.stream),
    severityNumber: subject?.severityNumber ?? 0,
    severityText: record?.severityText ?? "",
    body,
    templateId: subject?.match.templateId ?? "",
    template,
    score: verdict.score,
    threshold: verdict.threshold,
    modelVersion: verdict.modelVersion,
    traceId: record?.traceId,
    explanation: { ...explanation, tokens: tokensOf(template, body, explanation.tokens, verdict) },
    window: window.events.map(
      (one, index): WindowEvent => ({
        timeMs: one.timeMs,
        template: redactTemplate(one.match.template),
        templateId: one.match.templateId,
        severityNumber: one.severityNumber,
        isSubject: index === event,
      }),
    ),
  };
}

/** Of an odd parameter that parameter; what else matters is asked of the text encoder later, where nothing is known here. */
function tokensOf(
  template: string,
  body: string,
  weights: Explanation["tokens"],
  { contributions }: Verdict,
): Explanation["tokens"] {
  const detail = contributions[0]?.evidence.detail;
  const marked = detail?.kind === "parameter" ? markParameter(template, body, detail.slot) : [];
  return marked.length > 0 ? marked : placeWeights(template, body, weights);
}
