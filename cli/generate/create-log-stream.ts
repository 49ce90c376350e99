import { BACKGROUND_JOBS } from "./background-jobs.ts";
import type { GeneratedRecord } from "./generated-record.ts";
import type { Incident } from "./incident.ts";
import { createRandom, type Random } from "./random.ts";
import {
  createIncidentSource,
  createJob,
  createUsers,
  type RecordSource,
  type Scene,
} from "./record-source.ts";
import type { Release } from "./release.ts";
import { runFlow, type TraceRecord } from "./trace.ts";
import { drawUserFlow } from "./user-flows.ts";

/** What a stream is made from. */
export interface LogStreamOptions {
  /** The same seed and options give the same records. */
  readonly seed: number;
  /** Milliseconds since the epoch. */
  readonly startMs: number;
  /** Records a second, on average over a day; incidents come on top. */
  readonly ratePerSecond: number;
  /** In the order of `fromMs`; read only as far as the stream has come, so it may be without end. */
  readonly incidents?: Iterable<Incident>;
  /** When one service gets a new version, with new messages; undefined: none does. */
  readonly release?: Release | undefined;
  /** Told when the stream reaches an incident. */
  readonly onIncident?: (incident: Incident) => void;
}

/** A stream of records without end. */
export interface LogStream {
  /** All records before `untilMs` that were not given yet, in the order of time; holds them all in memory at once. */
  next(untilMs: number): readonly GeneratedRecord[];
}

/** A service gets one more instance for each so many records a second, as if it were scaled out. */
const RECORDS_PER_INSTANCE_SECOND = 40;
const INSTANCES_MAX = 64;
/** Records of a burst for each normal record, and at least so many a second. */
const BURST_SHARE = 0.5;
const BURST_PER_SECOND_MIN = 10;

/**
 * A made-up shop's logs: requests that walk through six services under one trace id, background jobs, and incidents.
 * Pure: no clock inside, so history is made as fast as the machine can and live logs are paced by the caller.
 */
export function createLogStream(options: LogStreamOptions): LogStream {
  const { seed, startMs, ratePerSecond } = options;
  const calendar = createCalendar(options.incidents ?? [], startMs);
  const scene: Scene = {
    startMs,
    instances: Math.min(INSTANCES_MAX, Math.ceil(ratePerSecond / RECORDS_PER_INSTANCE_SECOND)),
    release: options.release,
    activeAt: calendar.activeAt,
  };
  const sources = normalSources(seed, scene, ratePerSecond);
  let pending: Pending[] = [];
  return {
    next(untilMs) {
      for (const incident of calendar.advance(untilMs)) {
        options.onIncident?.(incident);
        const burstPerSecond = Math.max(BURST_PER_SECOND_MIN, ratePerSecond * BURST_SHARE);
        sources.push(
          createIncidentSource(childRandom(seed, sources.length), scene, incident, burstPerSecond),
        );
      }
      const fresh = sources.flatMap((source, order) =>
        source.runsUntil(untilMs).map((record) => ({ record, order })),
      );
      pending = pending.concat(fresh).sort(byTime);
      const end = pending.findIndex(({ record }) => record.timeMs >= untilMs);
      const due = pending.splice(0, end === -1 ? pending.length : end).map(({ record }) => record);
      return due.filter(({ timeMs, service }) => !isSilenced(calendar.activeAt(timeMs), service));
    },
  };
}

interface Pending {
  readonly record: TraceRecord;
  /** The source's number: who goes first at the same microsecond must not depend on how often next() is called. */
  readonly order: number;
}

function byTime(a: Pending, b: Pending): number {
  return a.record.timeMs - b.record.timeMs || a.order - b.order;
}

function isSilenced(active: readonly Incident[], service: string): boolean {
  return active.some((incident) => incident.kind === "silence" && incident.service === service);
}

/** Reads the incidents as time goes on, and knows which are on. */
function createCalendar(incidents: Iterable<Incident>, startMs: number) {
  const iterator = incidents[Symbol.iterator]();
  let upcoming = iterator.next();
  let known: readonly Incident[] = [];
  let reachedMs = startMs;
  return {
    activeAt: (timeMs: number) => known.filter(({ fromMs, toMs }) => fromMs <= timeMs && timeMs < toMs),
    /** The incidents that begin before `untilMs` and were not given yet. */
    advance(untilMs: number): readonly Incident[] {
      known = known.filter(({ toMs }) => toMs > reachedMs);
      const begun: Incident[] = [];
      while (!upcoming.done && upcoming.value.fromMs < untilMs) {
        begun.push(upcoming.value);
        upcoming = iterator.next();
      }
      known = [...known, ...begun];
      reachedMs = untilMs;
      return begun;
    },
  };
}

function normalSources(seed: number, scene: Scene, ratePerSecond: number): RecordSource[] {
  const stretch = Math.max(1, RECORDS_PER_INSTANCE_SECOND / ratePerSecond);
  const jobs = Array.from({ length: scene.instances }, (_, instance) =>
    BACKGROUND_JOBS.map((job, i) => {
      const random = childRandom(seed, 1 + instance * BACKGROUND_JOBS.length + i);
      return createJob(random, scene, job, instance, stretch);
    }),
  ).flat();
  const jobsPerSecond = (scene.instances * jobRecordsPerSecond()) / stretch;
  const flowsPerSecond = (ratePerSecond - jobsPerSecond) / recordsPerFlow();
  return [createUsers(childRandom(seed, 0), scene, flowsPerSecond), ...jobs];
}

function childRandom(seed: number, number: number): Random {
  return createRandom(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(number + 1, 0xc2b2ae35));
}

/** Counted by trying the flows, so that a changed flow keeps the rate right. */
const TRIED_FLOWS = 2_000;

function recordsPerFlow(): number {
  const random = createRandom(1);
  let records = 0;
  for (let i = 0; i < TRIED_FLOWS; i += 1)
    records += runFlow(drawUserFlow(random), { random, startMs: 0, instances: 1 }).length;
  return records / TRIED_FLOWS;
}

/** Of one instance of each service. */
function jobRecordsPerSecond(): number {
  const random = createRandom(1);
  return BACKGROUND_JOBS.reduce(
    (sum, { run, periodSeconds }) =>
      sum + runFlow(run, { random, startMs: 0, instances: 1 }).length / periodSeconds,
    0,
  );
}
