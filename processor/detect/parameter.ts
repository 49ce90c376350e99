import type { SequenceWindow } from "../window/sequence-window.ts";
import type { Detector } from "./detector.ts";
import { noOpinions, type OpinionsInProgress } from "./opinions.ts";
import { type ParameterProfile, parameterFeatures } from "./parameter-features.ts";
import {
  createParameterProfiles,
  type ParameterProfiles,
  parameterProfilesState,
} from "./parameter-profiles.ts";
import { NOT_ODD, type ParameterOddity } from "./parameter-slot.ts";
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
    async score(places) {
      const opinions = noOpinions("parameter", places);
      for (const [index, window] of places.windows.entries())
        scoreWindow(window, places.firsts[index] ?? 0, services.peek(window.service), opinions);
      return opinions;
    },
    learn(windows) {
      for (const { service, events, freshFrom } of windows) {
        if (freshFrom === events.length) continue;
        services.teach(service, (profiles) => {
          for (let at = freshFrom; at < events.length; at += 1) {
            const match = events[at]?.match;
            if (match !== undefined) profiles.learn(match);
          }
        });
      }
    },
    features: (service, match) =>
      parameterFeatures(match.parameters, services.peek(service)?.oddities(match) ?? []),
    snapshot: services.snapshot,
    restore: services.restore,
    forget: services.forget,
  };
}

/** @param first the place of the first fresh event */
function scoreWindow(
  { events, freshFrom }: SequenceWindow,
  first: number,
  profiles: ParameterProfiles | undefined,
  opinions: OpinionsInProgress,
): void {
  if (profiles === undefined) return;
  for (let event = freshFrom; event < events.length; event += 1) {
    const match = events[event]?.match;
    const oddities = match === undefined ? undefined : profiles.oddities(match);
    if (oddities === undefined) continue;
    const slot = oddest(oddities);
    const found = oddities[slot] ?? NOT_ODD;
    const place = first + event - freshFrom;
    opinions.surprises[place] = found.surprise;
    if (match === undefined || found.surprise < DETAIL_FROM_SURPRISE) continue;
    const oddity = profiles.detail(match, slot, found);
    if (oddity !== undefined)
      opinions.tell(place, { expected: [], detail: { kind: "parameter", slot, ...oddity } });
  }
}

/** Index of the most surprising one, of equal ones the first. */
function oddest(oddities: readonly ParameterOddity[]): number {
  let most = 0;
  for (let slot = 1; slot < oddities.length; slot += 1)
    if ((oddities[slot]?.surprise ?? 0) > (oddities[most]?.surprise ?? 0)) most = slot;
  return most;
}
