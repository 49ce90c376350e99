import type { Finding } from "../calibrate/verdict.ts";
import type { LogEvent, SequenceWindow } from "../window/sequence-window.ts";
import type { CanarySequence } from "./canary.ts";

/** Services whose sequences are kept. */
const SERVICES_MAX = 16;
/** Sequences of one service, the latest. */
export const SEQUENCES_MAX = 64;
/** With fewer a service is not tried. */
export const SEQUENCES_MIN = 16;
/** Events of a sequence, the judged one included. */
const EVENTS_MAX = 16;

/** Windows that are looked at of those that are learned from together. */
const DRAWS_MAX = 4;
/** A service of which none of so many sequences was has fallen silent: it is waited for no longer. */
const SILENT_AFTER = 4_096;

/** The latest sequences that services wrote and that were judged normal, without their parameters. */
export interface NormalSequences {
  /** One of these windows, where it may serve; acknowledged windows with what was found in them. */
  record(windows: readonly SequenceWindow[], findings: readonly Finding[]): void;
  /** Those that have enough to be tried, the longest kept first. */
  services(): readonly string[];
  of(service: string): readonly CanarySequence[];
}

interface Place {
  readonly sequences: CanarySequence[];
  /** How many sequences had come, of all services, when the last of this one did. */
  lastAt: number;
}

/**
 * So many services have a place. One more takes that of the service that has had its own longest, and only once every other one has
 * enough: were all replaced at once, services that write in turn would leave none of them any.
 *
 * @param random 0 to 1 (exclusive): which window of many is looked at, so that recording costs next to nothing
 */
export function createNormalSequences(random: () => number): NormalSequences {
  /** In the order in which they got their places. */
  const places = new Map<string, Place>();
  let come = 0;
  const isSettled = ({ sequences, lastAt }: Place) =>
    sequences.length >= SEQUENCES_MIN || come - lastAt > SILENT_AFTER;

  const placeFor = (service: string): Place | undefined => {
    const own = places.get(service);
    if (own !== undefined) return own;
    if (places.size >= SERVICES_MAX) {
      const [longest] = places.keys();
      if (longest === undefined || ![...places.values()].every(isSettled)) return undefined;
      places.delete(longest);
    }
    const place = { sequences: [], lastAt: come };
    places.set(service, place);
    return place;
  };
  const keep = (sequence: CanarySequence) => {
    come += 1;
    const place = placeFor(sequence.service);
    if (place === undefined) return;
    place.lastAt = come;
    place.sequences.push(sequence);
    if (place.sequences.length > SEQUENCES_MAX) place.sequences.shift();
  };
  return {
    record(windows, findings) {
      for (let draw = 0; draw < Math.min(DRAWS_MAX, windows.length); draw += 1) {
        const window = windows[Math.floor(random() * windows.length)];
        const sequence = window === undefined ? undefined : sequenceOf(window, findings);
        if (sequence !== undefined) keep(sequence);
      }
    },
    services: () =>
      [...places].flatMap(([service, { sequences }]) => (sequences.length >= SEQUENCES_MIN ? [service] : [])),
    of: (service) => places.get(service)?.sequences ?? [],
  };
}

/** The window up to its last event; undefined for one that was odd, was not judged or is too short. */
function sequenceOf(window: SequenceWindow, findings: readonly Finding[]): CanarySequence | undefined {
  const { service, events, freshFrom, isStart } = window;
  if (events.length < 2 || freshFrom === events.length) return undefined;
  const own = findings.filter((finding) => finding.window === window);
  if (own.length === 0 || own.some(({ verdict }) => verdict.isAnomaly)) return undefined;
  const from = Math.max(0, events.length - EVENTS_MAX);
  return { service, isStart: isStart && from === 0, events: events.slice(from).map(withoutParameters) };
}

/** Detached from the window, with the code by which the model was shown the event. */
function withoutParameters({ match, timeMs, gapMs, severityNumber, code }: LogEvent): LogEvent {
  const { templateId, template } = match;
  return {
    match: { templateId, template, parameters: [], isNew: false },
    timeMs,
    gapMs,
    severityNumber,
    code,
  };
}
