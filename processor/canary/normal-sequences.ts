import { LRUCache } from "lru-cache";
import type { Finding } from "../calibrate/verdict.ts";
import type { LogEvent, SequenceWindow } from "../window/sequence-window.ts";
import type { CanarySequence } from "./canary.ts";

/** Services whose sequences are kept: those that wrote lately. */
const SERVICES_MAX = 16;
/** Sequences of one service, the latest. */
export const SEQUENCES_MAX = 64;
/** Events of a sequence, the judged one included. */
const EVENTS_MAX = 16;

/** Windows that are looked at of those that are learned from together. */
const DRAWS_MAX = 4;

/** The latest sequences that services wrote and that were judged normal, without their parameters. */
export interface NormalSequences {
  /** One of these windows, where it may serve; acknowledged windows with what was found in them. */
  record(windows: readonly SequenceWindow[], findings: readonly Finding[]): void;
  /** Services, the latest first. */
  services(): readonly string[];
  of(service: string): readonly CanarySequence[];
}

/** @param random 0 to 1 (exclusive): which window of many is looked at, so that recording costs next to nothing */
export function createNormalSequences(random: () => number): NormalSequences {
  const kept = new LRUCache<string, CanarySequence[]>({ max: SERVICES_MAX });
  const keep = (sequence: CanarySequence) => {
    const own = kept.get(sequence.service) ?? [];
    own.push(sequence);
    if (own.length > SEQUENCES_MAX) own.shift();
    kept.set(sequence.service, own);
  };
  return {
    record(windows, findings) {
      for (let draw = 0; draw < Math.min(DRAWS_MAX, windows.length); draw += 1) {
        const window = windows[Math.floor(random() * windows.length)];
        const sequence = window === undefined ? undefined : sequenceOf(window, findings);
        if (sequence !== undefined) keep(sequence);
      }
    },
    services: () => [...kept.keys()],
    of: (service) => kept.peek(service) ?? [],
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
