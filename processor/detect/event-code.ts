import type { TemplateMatch } from "../template/template-miner.ts";
import type { LogEvent } from "../window/sequence-window.ts";
import { severityIndex } from "./severity-index.ts";

/** Gaps are told apart in steps of half a unit of ln(1 + seconds), so that like windows are alike. */
const GAP_STEP = 0.5;
/** e^57 seconds: no gap is longer, and a code stays below 2^16. */
const GAP_STEPS_MAX = 114;
/** Features are told apart in steps of a half. */
const FEATURE_STEP = 0.5;
const FEATURE_LEVELS = 3;
const SEVERITIES = 7;

/** What the model sees of an event beside its template, as one number below 2^16. */
export type EventCode = number;

/** What an {@link EventCode} stands for. */
export interface CodedEvent {
  /** 0 to 6; see severity-index.ts. */
  readonly severity: number;
  /** ln(1 + seconds since the event before), in steps of a half. */
  readonly gap: number;
  /** As many as were coded, each 0, 0.5 or 1. */
  readonly features: readonly number[];
}

/** @param features at most four, each 0, 0.5 or 1 */
export function eventCode(
  { severityNumber, gapMs }: Pick<LogEvent, "severityNumber" | "gapMs">,
  features: readonly number[],
): EventCode {
  let code = 0;
  for (const feature of features) code = code * FEATURE_LEVELS + feature / FEATURE_STEP;
  const gapSteps = Math.min(GAP_STEPS_MAX, Math.round(Math.log1p(gapMs / 1000) / GAP_STEP));
  return (code * SEVERITIES + severityIndex(severityNumber)) * (GAP_STEPS_MAX + 1) + gapSteps;
}

/** @param featureCount how many features were coded */
export function decodedEvent(code: EventCode, featureCount: number): CodedEvent {
  const rest = Math.floor(code / (GAP_STEPS_MAX + 1));
  const features = new Array<number>(featureCount);
  let left = Math.floor(rest / SEVERITIES);
  for (let i = featureCount - 1; i >= 0; i -= 1) {
    features[i] = (left % FEATURE_LEVELS) * FEATURE_STEP;
    left = Math.floor(left / FEATURE_LEVELS);
  }
  return { severity: rest % SEVERITIES, gap: (code % (GAP_STEPS_MAX + 1)) * GAP_STEP, features };
}

/**
 * The code of each event as it was when it was first asked for, which is when it came: what is learned of its parameters later
 * changes nothing of what the model has been shown.
 */
export function createEventCodes(
  featuresOf: (service: string, match: TemplateMatch) => readonly number[],
): (service: string, event: LogEvent) => EventCode {
  return (service, event) => {
    event.code ??= eventCode(event, featuresOf(service, event.match));
    return event.code;
  };
}
