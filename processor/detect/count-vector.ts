import type { SequenceWindow } from "../window/sequence-window.ts";
import type { Detector, Evidence } from "./detector.ts";
import { createKnownCounts, type KnownCounts, knownCountsState } from "./known-counts.ts";
import { createSizedTable } from "./sized-table.ts";

/** Bounds on the memory of this detector. */
export interface CountVectorOptions {
  readonly maxServices?: number;
  /** Templates told apart in each service. */
  readonly maxKnownTemplates?: number;
  /** Distinct sessions kept for each service. */
  readonly maxVectors?: number;
  /** Numbers kept over all services; over it the least recently seen service is forgotten. */
  readonly maxNumbersTotal?: number;
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
}: CountVectorOptions = {}): Detector {
  const limits = { vectorsMax: maxVectors, templatesMax: maxKnownTemplates };
  const services = createSizedTable<KnownCounts, Parameters<typeof createKnownCounts>[1]>(
    "count-vector",
    { servicesMax: maxServices, sizeMax: maxNumbersTotal },
    knownCountsState,
    (state) => createKnownCounts(limits, state),
  );

  const scoreEnd = (
    { service, events, isClosed, session }: SequenceWindow,
    window: number,
  ): readonly Evidence[] => {
    const found = isClosed ? services.peek(service)?.distance(session.counts) : undefined;
    if (found === undefined) return [];
    return [
      {
        detector: "count-vector",
        window,
        event: events.length,
        surprise: Math.log1p(found.distance),
        expected: [],
        ...(found.worst === undefined ? {} : { detail: { kind: "count", ...found.worst } }),
      },
    ];
  };

  return {
    name: "count-vector",
    score: (windows) => Promise.resolve(windows.flatMap(scoreEnd)),
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
  };
}
