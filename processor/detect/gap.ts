import type { SequenceWindow } from "../window/sequence-window.ts";
import type { Detector } from "./detector.ts";
import { noOpinions, type OpinionsInProgress } from "./opinions.ts";
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
    async score(places) {
      const opinions = noOpinions("gap", places);
      for (const [index, window] of places.windows.entries())
        scoreWindow(window, places.firsts[index] ?? 0, services.peek(window.service), opinions);
      return opinions;
    },
    learn(windows) {
      for (const window of windows) {
        if (window.freshFrom === window.events.length) continue;
        services.teach(window.service, (gaps) => learnWindow(window, gaps));
      }
    },
    snapshot: services.snapshot,
    restore: services.restore,
    forget: services.forget,
  };
}

/** @param first the place of the first fresh event */
function scoreWindow(
  { events, freshFrom }: SequenceWindow,
  first: number,
  gaps: PairGaps | undefined,
  opinions: OpinionsInProgress,
): void {
  if (gaps === undefined) return;
  for (let event = Math.max(1, freshFrom); event < events.length; event += 1) {
    const [before, after] = [events[event - 1], events[event]];
    if (before === undefined || after === undefined) continue;
    const { match, gapMs } = after;
    const odds = gaps.odds(before.match.templateId, match.templateId, gapMs);
    if (odds === undefined) continue;
    const { surprise, ...usual } = odds;
    const place = first + event - freshFrom;
    opinions.surprises[place] = surprise;
    if (surprise >= DETAIL_FROM_SURPRISE)
      opinions.tell(place, { expected: [], detail: { kind: "gap", gapMs, ...usual } });
  }
}

function learnWindow({ events, freshFrom }: SequenceWindow, gaps: PairGaps): void {
  for (let event = Math.max(1, freshFrom); event < events.length; event += 1) {
    const [before, after] = [events[event - 1], events[event]];
    if (before !== undefined && after !== undefined)
      gaps.learn(before.match.templateId, after.match.templateId, after.gapMs);
  }
}
