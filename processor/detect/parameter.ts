import type { SequenceWindow } from "../window/sequence-window.ts";
import type { Detector, Evidence } from "./detector.ts";
import { type ParameterProfile, parameterFeatures } from "./parameter-features.ts";
import {
  createParameterProfiles,
  type ParameterProfiles,
  parameterProfilesState,
} from "./parameter-profiles.ts";
import type { ParameterOddity } from "./parameter-slot.ts";
import { createSizedTable } from "./sized-table.ts";

/** Bounds on the memory of this detector. */
export interface ParameterOptions {
  readonly maxServices?: number;
  /** Templates whose parameters are kept in each service. */
  readonly maxKnownTemplates?: number;
  /** Slots kept over all services; over it the least recently seen service is forgotten. */
  readonly maxSlotsTotal?: number;
}

/** Below it nobody asks what was odd. */
const DETAIL_FROM_SURPRISE = 2;

/**
 * Parameters against what the same slot of the same template usually holds; an event's surprise is its oddest one's: |z| of a
 * number on the log scale, -ln P of a value that is new in a slot of few. Raw values are kept as numbers or 32-bit hashes.
 * Throws, on `restore`, an Error that names the field when the state is not in the expected format.
 */
export function createParameterDetector({
  maxServices = 1_000,
  maxKnownTemplates = 5_000,
  maxSlotsTotal = 50_000,
}: ParameterOptions = {}): Detector & ParameterProfile {
  const services = createSizedTable<ParameterProfiles, Parameters<typeof createParameterProfiles>[1]>(
    "parameter",
    { servicesMax: maxServices, sizeMax: maxSlotsTotal },
    parameterProfilesState,
    (state) => createParameterProfiles(maxKnownTemplates, state),
  );

  return {
    name: "parameter",
    score: (windows) =>
      Promise.resolve(
        windows.flatMap((window, index) => scoreWindow(window, index, services.peek(window.service))),
      ),
    learn(windows) {
      for (const { service, events, freshFrom } of windows) {
        if (freshFrom === events.length) continue;
        services.teach(service, (profiles) => {
          for (const { match } of events.slice(freshFrom)) profiles.learn(match);
        });
      }
    },
    features: (service, match) =>
      parameterFeatures(match.parameters, services.peek(service)?.oddities(match) ?? []),
    snapshot: services.snapshot,
    restore: services.restore,
  };
}

function scoreWindow(
  { events, freshFrom }: SequenceWindow,
  window: number,
  profiles: ParameterProfiles | undefined,
): readonly Evidence[] {
  return events.slice(freshFrom).flatMap(({ match }, offset): Evidence[] => {
    const oddities = profiles?.oddities(match);
    if (oddities === undefined) return [];
    const { slot, oddity } = oddest(oddities);
    return [
      {
        detector: "parameter",
        window,
        event: freshFrom + offset,
        surprise: oddity?.surprise ?? 0,
        expected: [],
        ...(oddity === undefined || oddity.surprise < DETAIL_FROM_SURPRISE
          ? {}
          : { detail: { kind: "parameter", slot, oddity: oddity.isNewValue ? "value" : "number" } }),
      },
    ];
  });
}

function oddest(oddities: readonly ParameterOddity[]) {
  const surprises = oddities.map(({ surprise }) => surprise);
  const slot = surprises.indexOf(Math.max(...surprises));
  return { slot, oddity: oddities[slot] };
}
