import type { Detector, Evidence } from "../../processor/detect/detector.ts";
import type { LogEvent, SequenceWindow } from "../../processor/window/sequence-window.ts";
import { createSessionTally } from "../../processor/window/session-tally.ts";

/** One event as a test describes it; its template is its own id. */
export interface EventLike {
  readonly template: string;
  readonly timeMs?: number;
  readonly gapMs?: number;
  readonly parameters?: readonly string[];
}

function toEvent({ template, timeMs = 0, gapMs = 0, parameters = [] }: EventLike): LogEvent {
  return {
    match: { templateId: template, template, parameters, isNew: false },
    timeMs,
    gapMs,
    severityNumber: 9,
  };
}

/** A window of fresh events. */
export function freshWindow(events: readonly EventLike[], service = "shop"): SequenceWindow {
  const session = createSessionTally();
  const all = events.map(toEvent);
  session.add(all);
  const freshRecords = events.map((_, index) => index);
  return {
    service,
    stream: "",
    events: all,
    freshFrom: 0,
    freshRecords,
    isStart: true,
    isClosed: false,
    session,
  };
}

/** The end of a session of these templates. Example: `{ open: 1, read: 3 }`. */
export function closedSession(counts: Readonly<Record<string, number>>, service = "shop"): SequenceWindow {
  const templates = Object.entries(counts).flatMap(([template, count]) =>
    Array<EventLike>(count).fill({ template }),
  );
  const window = freshWindow(templates, service);
  const events = window.events.slice(-20);
  return { ...window, events, freshFrom: events.length, freshRecords: [], isClosed: true };
}

/** What the detector says of these windows. */
export function evidenceOf(
  detector: Detector,
  windows: readonly SequenceWindow[],
): Promise<readonly Evidence[]> {
  return detector.score(windows, new AbortController().signal);
}

/** The surprise at the one event that the detector judges in this window; undefined where it says nothing. */
export async function surpriseOf(detector: Detector, window: SequenceWindow): Promise<number | undefined> {
  return (await evidenceOf(detector, [window])).at(-1)?.surprise;
}
