import type { SequenceWindow } from "../window/sequence-window.ts";
import type { CountDistance } from "./count-distance.ts";
import type { Detector } from "./detector.ts";
import { createKnownCounts, type KnownCounts, knownCountsState } from "./known-counts.ts";
import { noOpinions, type OpinionsInProgress } from "./opinions.ts";
import { perRequest } from "./per-request.ts";
import { placeOf } from "./places.ts";
import { createSizedTable, type SizedTable } from "./sized-table.ts";
import { createWorkBudget, type WorkBudget } from "./work-budget.ts";

/** Bounds on the memory and the work of this detector. */
export interface CountVectorOptions {
  readonly maxServices?: number;
  /** Templates told apart in each service. */
  readonly maxKnownTemplates?: number;
  /** Distinct sessions kept for each service. */
  readonly maxVectors?: number;
  /** Numbers kept over all services; over it the least recently seen service is forgotten. */
  readonly maxNumbersTotal?: number;
  /** Counts looked at for one request (about 15 ns each); sessions that need more are left to the other detectors. */
  readonly maxComparisons?: number;
  /** Told how many sessions one request left to the other detectors. */
  readonly onSkipped?: ((sessions: number) => void) | undefined;
}

/**
 * How often each template came in a session that is over, against the service's sessions so far. Surprise is
 * ln(1 + distance to the nearest of them): 0 for one that is known exactly, about 3 for one template that is missing from,
 * or new to, sessions in which it never varies. Judges ends alone.
 * Throws, on `restore`, an Error that names the field when the state is not in the expected format.
 */
export function createCountVectorDetector({
  maxServices = 1_000,
  maxKnownTemplates = 5_000,
  maxVectors = 512,
  maxNumbersTotal = 2_000_000,
  maxComparisons = 4_000_000,
  onSkipped = () => undefined,
}: CountVectorOptions = {}): Detector {
  const limits = { vectorsMax: maxVectors, templatesMax: maxKnownTemplates };
  const services = createSizedTable<KnownCounts, Parameters<typeof createKnownCounts>[1]>(
    "count-vector",
    { servicesMax: maxServices, sizeMax: maxNumbersTotal },
    knownCountsState,
    (state) => createKnownCounts(limits, state),
  );

  const budgetOf = perRequest(() => createWorkBudget(maxComparisons));

  return {
    name: "count-vector",
    async score(places, signal) {
      const distanceOf = distancesOfCall(services, budgetOf(signal));
      const opinions = noOpinions("count-vector", places);
      let skipped = 0;
      for (const [index, window] of places.windows.entries()) {
        const found = window.isClosed ? distanceOf(window) : undefined;
        if (found === "skipped") skipped += 1;
        else if (found !== undefined) tell(opinions, placeOf(places, index, window.events.length), found);
      }
      if (skipped > 0) onSkipped(skipped);
      return opinions;
    },
    learn(windows, oddEnds) {
      const ended = windows.filter(({ isClosed }) => isClosed);
      for (const [service, group] of Map.groupBy(ended, (window) => window.service))
        services.teach(service, (known) => {
          const isOdd = (window: SequenceWindow) => oddEnds?.has(window) ?? false;
          const usual = group.filter((window) => !isOdd(window));
          const habitual = known.habitual(group.filter(isOdd).map(({ session }) => session));
          known.learn([...usual.map(({ session }) => session), ...habitual]);
        });
    },
    snapshot: services.snapshot,
    restore: services.restore,
    forget: services.forget,
  };
}

function tell(opinions: OpinionsInProgress, place: number, { distance, worst }: CountDistance): void {
  opinions.surprises[place] = Math.log1p(distance);
  if (worst !== undefined) opinions.tell(place, { expected: [], detail: { kind: "count", ...worst } });
}

/** The distances of the sessions of one call, of whichever service. */
function distancesOfCall(services: Pick<SizedTable<KnownCounts>, "peek">, budget: WorkBudget) {
  const byService = new Map<string, ReturnType<KnownCounts["distances"]>>();
  return ({ service, session }: SequenceWindow) => {
    const distanceOf = byService.get(service) ?? services.peek(service)?.distances(budget);
    if (distanceOf === undefined) return undefined;
    byService.set(service, distanceOf);
    return distanceOf(session.counts);
  };
}
