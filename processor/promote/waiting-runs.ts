import { LRUCache } from "lru-cache";
import type { Finding } from "../calibrate/verdict.ts";
import type { LogEvent, SequenceWindow } from "../window/sequence-window.ts";
import type { RecordedEvent, RecordedRun } from "./recorded-format.ts";

/** Runs that wait to be written, within a bound. */
export interface WaitingRuns {
  /** Takes the fresh events of windows, without those that were judged anomalous: their run ends before them, and another begins behind. */
  add(windows: readonly SequenceWindow[], findings: readonly Finding[]): void;
  readonly events: number;
  /** What waits; nothing waits then. */
  drain(): readonly RecordedRun[];
  /** What was drained is lost: no later run may claim to go on after it. */
  breakAll(): void;
}

/** How runs are collected. */
export interface WaitingRunsOptions {
  readonly eventsMax: number;
  /** A name for a stream that does not tell its key. */
  readonly hash: (key: string) => string;
  /** Told of each event for which there was no room. */
  readonly onDropped: (events: number) => void;
}

/** Streams whose last run is remembered, so that their next one can go on after it. */
const STREAMS_MAX = 10_000;

type OpenRun = { -readonly [K in keyof RecordedRun]: RecordedRun[K] } & { readonly events: RecordedEvent[] };

export function createWaitingRuns({ eventsMax, hash, onDropped }: WaitingRunsOptions): WaitingRuns {
  /** Hash of each stream that has been written to without a break. */
  const unbroken = new LRUCache<string, string>({ max: STREAMS_MAX });
  let open = new Map<string, OpenRun>();
  let runs: OpenRun[] = [];
  let events = 0;

  const breakStream = (key: string) => {
    open.delete(key);
    unbroken.delete(key);
  };
  const begin = (key: string, { service }: SequenceWindow, isBegin: boolean, startMs: number): OpenRun => {
    const known = isBegin ? undefined : unbroken.get(key);
    const stream = known ?? hash(key);
    const continues = known !== undefined;
    const run: OpenRun = { service, stream, begins: isBegin, ends: false, continues, startMs, events: [] };
    runs.push(run);
    open.set(key, run);
    unbroken.set(key, stream);
    return run;
  };
  const addEvent = (key: string, window: SequenceWindow, at: number) => {
    const event = window.events[at];
    if (event === undefined) return;
    const isBegin = window.isStart && at === 0;
    const run = (isBegin ? undefined : open.get(key)) ?? begin(key, window, isBegin, event.timeMs);
    const { match, severityNumber } = event;
    const gapMs = gapBefore(window, at, event);
    run.events.push({ template: { id: match.templateId, text: match.template }, gapMs, severityNumber });
    events += 1;
  };
  /** A session that closes after its last run was written is ended by an empty one. */
  const end = (key: string, window: SequenceWindow) => {
    if (unbroken.has(key)) {
      const run = open.get(key) ?? begin(key, window, false, window.events.at(-1)?.timeMs ?? 0);
      run.ends = true;
    }
    breakStream(key);
  };

  const addWindow = (window: SequenceWindow, odd: ReadonlySet<number>) => {
    const key = `${window.service}\0${window.stream}`;
    for (let at = window.freshFrom; at < window.events.length; at += 1) {
      const isFull = events >= eventsMax;
      if (isFull) onDropped(1);
      if (isFull || odd.has(at)) breakStream(key);
      else addEvent(key, window, at);
    }
    if (window.isClosed) end(key, window);
  };

  return {
    add(windows, findings) {
      const odd = oddEvents(findings);
      for (const window of windows) addWindow(window, odd.get(window) ?? NONE);
    },
    get events() {
      return events;
    },
    drain() {
      const drained = runs;
      runs = [];
      open = new Map();
      events = 0;
      return drained;
    },
    breakAll() {
      open.clear();
      unbroken.clear();
    },
  };
}

/** By the events' own times, so that these can be told from the gaps; the event's gap where the one before is not held. */
function gapBefore({ events }: SequenceWindow, at: number, { timeMs, gapMs }: LogEvent): number {
  const beforeMs = events[at - 1]?.timeMs;
  return beforeMs === undefined ? gapMs : timeMs - beforeMs;
}

const NONE: ReadonlySet<number> = new Set();

function oddEvents(findings: readonly Finding[]): ReadonlyMap<SequenceWindow, ReadonlySet<number>> {
  const odd = new Map<SequenceWindow, Set<number>>();
  for (const { window, event, verdict } of findings) {
    if (verdict.isAnomaly) odd.set(window, (odd.get(window) ?? new Set()).add(event));
  }
  return odd;
}
