import type { Anomaly, Explanation, WindowEvent } from "../../store/anomaly.ts";
import { kindOf } from "../calibrate/kind.ts";
import type { Verdict } from "../calibrate/verdict.ts";
import type { NamedAnomaly } from "../enrich/name-anomalies.ts";
import { markParameter } from "../explain/mark-parameter.ts";
import { placeWeights } from "../explain/place-weights.ts";
import type { Redactor } from "../redact/redact.ts";
import type { RecordView } from "../wire/record-view.ts";

/** Longest body that is stored; the rest is cut. */
const BODY_CHARACTERS_MAX = 8_192;

/** How much of a severity text is stored, before it is redacted; the specification's are of at most six. */
const SEVERITY_CHARACTERS_MAX = 64;

/** Redacts texts of records, and texts that come again and again, such as templates. */
export type ShownTexts = Pick<Redactor, "body" | "plain">;

/**
 * What is stored of an anomaly: redacted, and detached from the request's bytes.
 * @param record the anomalous record; undefined for the end of a session, which no record carries
 */
export function toAnomaly(
  { id, finding, explanation }: NamedAnomaly,
  record: RecordView | undefined,
  redactor: ShownTexts,
): Anomaly {
  const { window, event, verdict } = finding;
  const subject = window.events[event] ?? window.events.at(-1);
  const body = record === undefined ? "" : redactor.body(record.body, BODY_CHARACTERS_MAX);
  const template = redactor.plain(subject?.match.template ?? "");
  return {
    id,
    timeMs: subject?.timeMs ?? 0,
    service: window.service,
    kind: kindOf(window, event),
    stream: redactor.body(window.stream),
    severityNumber: subject?.severityNumber ?? 0,
    severityText: redactor.plain(record?.severityText ?? "", SEVERITY_CHARACTERS_MAX),
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
        template: redactor.plain(one.match.template),
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
