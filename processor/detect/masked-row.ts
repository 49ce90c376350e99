import type { TemplateMatch } from "../template/template-miner.ts";
import type { SequenceWindow } from "../window/sequence-window.ts";
import { type MaskedRow, POSITION_KIND } from "./event-scorer.ts";
import { PARAMETER_FEATURES } from "./parameter-features.ts";
import { severityIndex } from "./severity-index.ts";

/** Gaps are told apart in steps of half a unit of ln(1 + seconds), so that like windows are alike. */
const GAP_STEP = 0.5;
/** Features are told apart in steps of a half. */
const FEATURE_STEP = 0.5;
const NO_FEATURES: readonly number[] = new Array<number>(PARAMETER_FEATURES).fill(0);

/** How a service's templates are put before the model. */
export interface RowReading {
  /** Position in the table. */
  candidateOf(templateId: string): number;
  /** {@link PARAMETER_FEATURES} numbers, each 0, 0.5 or 1. */
  featuresOf(match: TemplateMatch): readonly number[];
  /** Size of the table: the index that stands for the end of the session. */
  readonly candidates: number;
}

/**
 * The model's view of one event (or, for `event` = events.length, of the session's end): the events before it, at most
 * `eventsMax` with it, and itself masked. What came after it is not shown: at the time of the verdict it has not happened.
 */
export function maskedRow(
  window: SequenceWindow,
  event: number,
  eventsMax: number,
  { candidateOf, featuresOf, candidates }: RowReading,
): MaskedRow {
  const isEnd = event === window.events.length;
  const last = isEnd ? event : event + 1;
  const from = Math.max(0, last - eventsMax);
  const begins = window.isStart && from === 0;
  const ids = begins ? [0] : [];
  const kinds: number[] = begins ? [POSITION_KIND.begin] : [];
  const severities = begins ? [0] : [];
  const gaps = begins ? [0] : [];
  const parameters = begins ? [...NO_FEATURES] : [];
  for (const { match, severityNumber, gapMs } of window.events.slice(from, last)) {
    ids.push(candidateOf(match.templateId));
    kinds.push(POSITION_KIND.event);
    severities.push(severityIndex(severityNumber));
    gaps.push(gapSteps(gapMs) * GAP_STEP);
    parameters.push(...featuresOf(match));
  }
  if (isEnd) {
    ids.push(0);
    kinds.push(POSITION_KIND.end);
    severities.push(0);
    gaps.push(0);
    parameters.push(...NO_FEATURES);
  }
  const at = ids.length - 1;
  const target = isEnd ? candidates : (ids[at] ?? 0);
  ids[at] = 0;
  kinds[at] = POSITION_KIND.mask;
  severities[at] = 0;
  gaps[at] = 0;
  parameters.fill(0, at * PARAMETER_FEATURES);
  return { ids, kinds, severities, gaps, parameters, at, target };
}

/**
 * Keys of the window's rows, by event: equal for rows that the model cannot tell apart and that have the same target, under
 * the same candidates. Far cheaper than the rows themselves, which are only needed for what is not remembered.
 */
export function rowKeys(
  { events, isStart }: SequenceWindow,
  eventsMax: number,
  { candidateOf, featuresOf, candidates }: RowReading,
): (event: number) => string {
  const ids = events.map(({ match }) => candidateOf(match.templateId));
  // Code points, not 16-bit characters: a service may have a million candidates.
  const shown = events.map(({ match, severityNumber, gapMs }, index) =>
    String.fromCodePoint(
      ids[index] ?? 0,
      severityIndex(severityNumber),
      gapSteps(gapMs),
      featureCode(featuresOf(match)),
    ),
  );
  return (event) => {
    const isEnd = event === events.length;
    const from = Math.max(0, (isEnd ? event : event + 1) - eventsMax);
    const head = String.fromCodePoint(isEnd ? candidates : (ids[event] ?? 0), isStart && from === 0 ? 1 : 0);
    return head + shown.slice(from, event).join("");
  };
}

function gapSteps(gapMs: number): number {
  return Math.round(Math.log1p(gapMs / 1000) / GAP_STEP);
}

function featureCode(features: readonly number[]): number {
  return features.reduce((code, feature) => code * 3 + feature / FEATURE_STEP, 0);
}
