import type { BackgroundJob } from "./background-jobs.ts";
import { befall } from "./befall.ts";
import type { Incident } from "./incident.ts";
import { drawWarning } from "./known-warnings.ts";
import { placeOrder } from "./order-flows.ts";
import type { Random } from "./random.ts";
import { asReleased, type Release } from "./release.ts";
import { type Flow, runFlow, type TraceOptions, type TraceRecord } from "./trace.ts";
import { drawUserFlow } from "./user-flows.ts";

/** One cause of records. It has its own randomness, so that what it writes does not depend on when it is asked. */
export interface RecordSource {
  /** The runs that begin before `untilMs` and were not given yet; each run's records are in the order of time. */
  runsUntil(untilMs: number): readonly TraceRecord[];
}

/** How odd-value incidents slow a service down. */
const SLOWNESS_FACTOR = 50;

/** What all sources of a stream share. */
export interface Scene {
  readonly startMs: number;
  readonly instances: number;
  /** Undefined: no version changes. */
  readonly release: Release | undefined;
  /** The incidents that are on at the time. */
  activeAt(timeMs: number): readonly Incident[];
}

/** Users' requests as a Poisson process whose rate follows the time of day. */
export function createUsers(random: Random, scene: Scene, flowsPerSecond: number): RecordSource {
  const gapMs = (timeMs: number) => random.exponential(1_000 / (flowsPerSecond * timeOfDay(timeMs)));
  return createSource(scene.startMs, gapMs, (startMs) =>
    runBefallen(drawUserFlow(random), random, scene, startMs),
  );
}

/** One background job on one instance, by the clock with 2 % of jitter. */
export function createJob(
  random: Random,
  scene: Scene,
  job: BackgroundJob,
  instance: number,
  stretch: number,
): RecordSource {
  const periodMs = job.periodSeconds * 1_000 * stretch;
  const firstMs = scene.startMs + random.next() * periodMs;
  const run = (startMs: number) => {
    const records = runFlow(job.run, { ...optionsAt(random, scene, startMs), job: { instance } });
    return asReleased(records, scene.release, startMs, random);
  };
  return createSource(firstMs, () => periodMs * (0.98 + 0.04 * random.next()), run);
}

/** What an incident adds by itself: the warnings of a burst; for the others one order at once, so that it shows. */
export function createIncidentSource(
  random: Random,
  scene: Scene,
  incident: Incident,
  perSecond: number,
): RecordSource {
  if (incident.kind === "silence") return { runsUntil: () => [] };
  if (incident.kind !== "burst") {
    const run = (startMs: number) => runBefallen(placeOrder, random, scene, startMs);
    return createSource(incident.fromMs, () => Number.POSITIVE_INFINITY, run);
  }
  const run = (startMs: number) =>
    startMs >= incident.toMs
      ? []
      : asReleased(
          runFlow(warn(incident), optionsAt(random, scene, startMs)),
          scene.release,
          startMs,
          random,
        ).map((record) => ({ ...record, incident: incident.id }));
  const gapMs = (timeMs: number) =>
    timeMs >= incident.toMs ? Number.POSITIVE_INFINITY : random.exponential(1_000 / perSecond);
  return createSource(incident.fromMs, gapMs, run);
}

function warn(incident: Incident): Flow {
  return (trace) => {
    const { logger, body } = drawWarning(incident.service, trace.random);
    trace.log(logger, "WARN", body);
  };
}

function createSource(
  firstMs: number,
  gapMs: (timeMs: number) => number,
  run: (startMs: number) => readonly TraceRecord[],
): RecordSource {
  let nextMs = firstMs;
  return {
    runsUntil(untilMs) {
      const records: TraceRecord[] = [];
      while (nextMs < untilMs) {
        records.push(...run(nextMs));
        nextMs += gapMs(nextMs);
      }
      return records;
    },
  };
}

/** One flow, with the incidents that are on, as the versions write it that are in place. */
function runBefallen(flow: Flow, random: Random, scene: Scene, startMs: number): readonly TraceRecord[] {
  const records = scene.activeAt(startMs).reduce(befall, runFlow(flow, optionsAt(random, scene, startMs)));
  return asReleased(records, scene.release, startMs, random);
}

function optionsAt(random: Random, scene: Scene, startMs: number): TraceOptions {
  const slow = scene.activeAt(startMs).find(({ kind }) => kind === "odd-value");
  return {
    random,
    startMs,
    instances: scene.instances,
    slowness: (service) =>
      service === slow?.service ? { factor: SLOWNESS_FACTOR, incident: slow.id } : undefined,
  };
}

/** Busiest at 15:00 UTC, quietest at 03:00, 1 on average over a day. */
function timeOfDay(timeMs: number): number {
  const hours = (timeMs / 3_600_000) % 24;
  return 1 + 0.3 * Math.sin(((hours - 9) / 12) * Math.PI);
}
