import type { StoredAnomaly } from "../../store/anomaly.ts";
import type { Incident } from "../../store/incident.ts";
import { isAnswer, type LlmExplanation } from "../../store/llm.ts";

/** What there is to be told. */
export interface ExplainedAnomaly {
  readonly anomaly: StoredAnomaly;
  readonly incident: Incident | undefined;
  /** What a language model was asked of its kind, if one was. */
  readonly llm: LlmExplanation | undefined;
}

/** The explanation as text for a terminal: the sentence first, then what it stands on. Ends with a new line. */
export function explanationText({ anomaly, incident, llm }: ExplainedAnomaly): string {
  const { explanation, score, threshold } = anomaly;
  const scored = anomaly.isAlert ? `threshold ${threshold.toFixed(3)}` : "sampled, no alert";
  const blocks = [
    [explanation.summary],
    [
      `${timeOf(anomaly.timeMs)}  ${anomaly.service}  ${anomaly.severityText}  score ${score.toFixed(3)} (${scored})`,
      ...(anomaly.body === "" ? [] : [anomaly.body]),
    ],
    titled(
      "Facts",
      [...(explanation.facts ?? []), ...ofIncident(incident)].map((fact) => `- ${fact}`),
    ),
    titled("Expected", explanation.expected.map(expectedLine)),
    titled("Detectors", explanation.detectors.map(detectorLine)),
    titled("Sequence", anomaly.window.map(eventLine)),
    ofLanguageModel(llm, anomaly.id),
  ];
  const shown = blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.map(visible).join("\n")}\n`);
  return shown.join("\n");
}

function titled(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
}

function ofIncident(incident: Incident | undefined): readonly string[] {
  if (incident === undefined || incident.anomalies < 2) return [];
  return [`One of ${incident.anomalies} anomalies of an incident since ${timeOf(incident.startedAtMs)}.`];
}

function ofLanguageModel(llm: LlmExplanation | undefined, anomalyId: string): readonly string[] {
  if (llm === undefined || !isAnswer(llm.outcome)) return [];
  const { summary, likelyCause, nextStep } = llm.outcome;
  const answer = [summary, `Likely cause: ${likelyCause}`, `Next step: ${nextStep}`];
  const about = llm.anomalyId === anomalyId ? "" : "; asked about another anomaly of this kind";
  return titled(`Language model (${llm.model}; may be wrong${about})`, answer);
}

function expectedLine({ template, probability }: StoredAnomaly["explanation"]["expected"][number]): string {
  return `${percent(probability)}  ${template ?? "(the end of the session)"}`;
}

function detectorLine({
  detector,
  share,
  pValue,
}: StoredAnomaly["explanation"]["detectors"][number]): string {
  return `${percent(share)}  ${detector}  p = ${pValue.toPrecision(2)}`;
}

function eventLine({ timeMs, template, isSubject }: StoredAnomaly["window"][number]): string {
  return `${isSubject ? ">" : " "} ${timeOf(timeMs)}  ${template}`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`.padStart(5);
}

function timeOf(timeMs: number): string {
  const date = new Date(timeMs);
  return Number.isNaN(date.getTime()) ? "no time" : date.toISOString();
}

/** A log may hold characters that move the terminal's cursor: each is shown as a blank. */
function visible(line: string): string {
  return line.replace(/[\p{Cc}\p{Cf}]/gu, " ");
}
