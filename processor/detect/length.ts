import type { Detector } from "./detector.ts";
import type { EvidenceDetail } from "./evidence.ts";
import { createKnownLengths, type KnownLengths, knownLengthsState } from "./known-lengths.ts";
import { noOpinions } from "./opinions.ts";
import { placeOf } from "./places.ts";
import { createSizedTable } from "./sized-table.ts";

/** Bounds on the memory of this detector. */
export interface LengthOptions {
  readonly maxServices?: number;
}

/** Shares of the sessions that are shorter, and not longer, than what counts as usual. */
const USUAL_FROM_SHARE = 0.05;
const USUAL_TO_SHARE = 0.95;
/** Below it nobody asks what was usual, in nats. */
const DETAIL_FROM_SURPRISE = 1;

/**
 * How many events a session that is over had, against the service's sessions so far: too short is as odd as too long.
 * Surprise in nats, about -ln of the share of sessions with such a length. Judges ends alone, once
 * 20 are known.
 * Throws, on `restore`, an Error that names the field when the state is not in the expected format.
 */
export function createLengthDetector({ maxServices = 1_000 }: LengthOptions = {}): Detector {
  const services = createSizedTable<KnownLengths, Parameters<typeof createKnownLengths>[0]>(
    "length",
    { servicesMax: maxServices, sizeMax: Number.POSITIVE_INFINITY },
    knownLengthsState,
    createKnownLengths,
  );

  return {
    name: "length",
    async score(places) {
      const opinions = noOpinions("length", places);
      for (const [index, { service, events, isClosed, session }] of places.windows.entries()) {
        const known = isClosed ? services.peek(service) : undefined;
        const surprise = known?.surprise(session.events);
        if (known === undefined || surprise === undefined) continue;
        const place = placeOf(places, index, events.length);
        opinions.surprises[place] = surprise;
        if (surprise < DETAIL_FROM_SURPRISE) continue;
        opinions.tell(place, { expected: [], detail: detailOf(session.events, known) });
      }
      return opinions;
    },
    learn(windows, oddEnds) {
      for (const window of windows) {
        const { service, isClosed, session } = window;
        if (isClosed && !oddEnds?.has(window))
          services.teach(service, (known) => known.learn(session.events));
      }
    },
    snapshot: services.snapshot,
    restore: services.restore,
    forget: services.forget,
  };
}

function detailOf(events: number, known: KnownLengths): EvidenceDetail {
  return {
    kind: "length",
    events,
    usual: known.usual(0.5),
    usualMin: known.usual(USUAL_FROM_SHARE),
    usualMax: known.usual(USUAL_TO_SHARE),
    sessions: known.sessions(),
  };
}
