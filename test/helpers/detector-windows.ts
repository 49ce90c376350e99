import type { Detector } from "../../processor/detect/detector.ts";
import type { Evidence } from "../../processor/detect/evidence.ts";
import { evidenceAt, noOpinions, type Opinions } from "../../processor/detect/opinions.ts";
import { type Places, placeOf, placesOf } from "../../processor/detect/places.ts";
import type { LogEvent, SequenceWindow } from "../../processor/window/sequence-window.ts";
import { createSessionTally } from "../../processor/window/session-tally.ts";

/** One event as a test describes it; its template is its own id. */
export interface EventLike {
  readonly template: string;
  readonly timeMs?: number;
  readonly gapMs?: number;
  readonly parameters?: readonly string[];
  /** Of OTLP; 9 (INFO) without it. */
  readonly severityNumber?: number;
}

function toEvent({
  template,
  timeMs = 0,
  gapMs = 0,
  parameters = [],
  severityNumber = 9,
}: EventLike): LogEvent {
  return {
    match: { templateId: template, template, parameters, isNew: false },
    timeMs,
    gapMs,
    severityNumber,
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

/** One piece of evidence, and the place that it is about. */
export interface PlacedEvidence extends Evidence {
  /** Index of the window within the batch. */
  readonly window: number;
  /** Index of the event within its window; `events.length` stands for the end of a closed session. */
  readonly event: number;
}

/** What the detector says of these windows, in their order. */
export async function evidenceOf(
  detector: Pick<Detector, "score">,
  windows: readonly SequenceWindow[],
  signal = new AbortController().signal,
): Promise<readonly PlacedEvidence[]> {
  const opinions = await detector.score(placesOf(windows), signal);
  return windows.flatMap(({ events, freshFrom }, window) =>
    Array.from({ length: events.length - freshFrom + 1 }, (_, offset) => freshFrom + offset).flatMap(
      (event) => {
        const place = placeOf(placesOf(windows), window, event);
        const isSaid = !Number.isNaN(opinions.surprises[place]);
        return isSaid ? [{ ...evidenceAt(opinions, place), window, event }] : [];
      },
    ),
  );
}

/** The batch of these windows, with this evidence as what the detectors say of it; of several on one place the last counts. */
export function said(
  windows: readonly SequenceWindow[],
  evidence: readonly PlacedEvidence[],
): readonly [Places, readonly Opinions[]] {
  const places = placesOf(windows);
  const byDetector = Map.groupBy(evidence, ({ detector, model }) => `${detector} ${model ?? ""}`);
  const opinions = [...byDetector.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const own = noOpinions(first.detector, places, first.model);
    for (const { window, event, surprise, detector: _, model: __, ...facts } of group) {
      const place = placeOf(places, window, event);
      own.surprises[place] = surprise;
      own.tell(place, facts);
    }
    return [own];
  });
  return [places, opinions];
}

/** The surprise at the one event that the detector judges in this window; undefined where it says nothing. */
export async function surpriseOf(detector: Detector, window: SequenceWindow): Promise<number | undefined> {
  return (await evidenceOf(detector, [window])).at(-1)?.surprise;
}
