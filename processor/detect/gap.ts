import type { SequenceWindow } from "../window/sequence-window.ts";
import type { Detector, Evidence } from "./detector.ts";
import { createPairGaps, type PairGaps, pairGapsState } from "./pair-gaps.ts";
import { createSizedTable } from "./sized-table.ts";

/** Bounds on the memory of this detector. */
export interface GapOptions {
  readonly maxServices?: number;
  /** Pairs of templates kept for each service. */
  readonly maxPairs?: number;
  /** Pairs kept over all services; over it the least recently seen service is forgotten. */
  readonly maxPairsTotal?: number;
}

/** Below it nobody asks what was usual. */
const DETAIL_FROM_SURPRISE = 2;

/**
 * How long after its predecessor an event came, against the same pair of templates before. Surprise is |z| of
 * ln(1 + gap): a normal tail on the log scale proved too light, gaps have power-law tails; too short counts a quarter. Says nothing of pairs that it hardly knows.
 * Throws, on `restore`, an Error that names the field when the state is not in the expected format.
 */
export function createGapDetector({
  maxServices = 1_000,
  maxPairs = 4_096,
  maxPairsTotal = 200_000,
}: GapOptions = {}): Detector {
  const services = createSizedTable<PairGaps, Parameters<typeof createPairGaps>[1]>(
    "gap",
    { servicesMax: maxServices, sizeMax: maxPairsTotal },
    pairGapsState,
    (state) => createPairGaps(maxPairs, state),
  );

  return {
    name: "gap",
    score: (windows) =>
      Promise.resolve(
        windows.flatMap((window, index) => scoreWindow(window, index, services.peek(window.service))),
      ),
    learn(windows) {
      for (const window of windows) {
        if (window.freshFrom === window.events.length) continue;
        services.teach(window.service, (gaps) => {
          for (const { before, template, gapMs } of pairsOf(window)) gaps.learn(before, template, gapMs);
        });
      }
    },
    snapshot: services.snapshot,
    restore: services.restore,
  };
}

/** The fresh events that have a predecessor in the window. */
function* pairsOf({ events, freshFrom }: SequenceWindow) {
  for (let event = Math.max(1, freshFrom); event < events.length; event += 1) {
    const [before, after] = [events[event - 1], events[event]];
    if (before === undefined || after === undefined) continue;
    const { match, gapMs } = after;
    yield { event, before: before.match.templateId, template: match.templateId, gapMs };
  }
}

function scoreWindow(window: SequenceWindow, index: number, gaps: PairGaps | undefined): readonly Evidence[] {
  if (gaps === undefined) return [];
  const evidence: Evidence[] = [];
  for (const { event, before, template, gapMs } of pairsOf(window)) {
    const odds = gaps.odds(before, template, gapMs);
    if (odds === undefined) continue;
    const { surprise, usualMs } = odds;
    const found: Evidence = { detector: "gap", window: index, event, surprise, expected: [] };
    const isOdd = surprise >= DETAIL_FROM_SURPRISE;
    evidence.push(isOdd ? { ...found, detail: { kind: "gap", gapMs, usualMs } } : found);
  }
  return evidence;
}
