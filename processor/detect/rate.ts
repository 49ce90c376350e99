import type { SequenceWindow } from "../window/sequence-window.ts";
import { createSessionTally } from "../window/session-tally.ts";
import { createAttention, type TotalSilence } from "./attention.ts";
import type { Absence, Detector } from "./detector.ts";
import { noOpinions, type OpinionsInProgress } from "./opinions.ts";
import type { Together } from "./pauses.ts";
import { perRequest } from "./per-request.ts";
import {
  bucketOf,
  createServiceRates,
  type Missing,
  type ServiceRates,
  serviceRatesState,
} from "./service-rates.ts";
import { createSizedTable } from "./sized-table.ts";
import { BUCKET_MS, type TemplateRate } from "./template-rate.ts";

/** Bounds on the memory of this detector, and its clock. */
export interface RateOptions {
  readonly maxServices?: number;
  /** Templates whose rate is kept in each service. */
  readonly maxKnownTemplates?: number;
  /** Templates kept over all services; over it the least recently seen service is forgotten. */
  readonly maxTemplatesTotal?: number;
  /** Wall clock, milliseconds since the epoch. */
  readonly now?: () => number;
}

/** Below it nobody asks what was usual, in nats. */
const DETAIL_FROM_SURPRISE = 2;

/**
 * How often each template comes: too often within 10 s of event time is evidence on the events that exceed; not any more,
 * by the wall clock, is an absence; where nothing comes from anybody that is one absence, not one of each service.
 * Surprise in nats: see countSurprise and waitSurprise.
 * Throws, on `restore`, an Error that names the field when the state is not in the expected format.
 */
export function createRateDetector({
  maxServices = 1_000,
  maxKnownTemplates = 5_000,
  maxTemplatesTotal = 100_000,
  now = Date.now,
}: RateOptions = {}): Detector {
  const services = createSizedTable<ServiceRates, Parameters<typeof createServiceRates>[1]>(
    "rate",
    { servicesMax: maxServices, sizeMax: maxTemplatesTotal },
    serviceRatesState,
    (state) => createServiceRates(maxKnownTemplates, state),
  );
  const attention = createAttention((sinceMs) => togetherSince(services.entries(), sinceMs));
  const countsOf = perRequest(createBatchCounts);

  return {
    name: "rate",
    async score(places, signal) {
      const { windows, firsts } = places;
      if (windows.some(hasFresh)) attention.scored(now());
      const counts = countsOf(signal);
      const opinions = noOpinions("rate", places);
      for (const [index, window] of windows.entries())
        scoreWindow(window, firsts[index] ?? 0, services.peek(window.service), counts, opinions);
      return opinions;
    },
    learn(windows) {
      const nowMs = now();
      const fresh = windows.filter(hasFresh);
      if (fresh.length === 0) return;
      const listening = attention.listening(nowMs);
      attention.learned(nowMs);
      for (const { service, events, freshFrom } of fresh) {
        services.teach(service, (rates) => {
          for (let at = freshFrom; at < events.length; at += 1) {
            const event = events[at];
            if (event !== undefined) rates.learn(event, nowMs, listening);
          }
        });
      }
    },
    watch(nowMs) {
      const { deliveredMs, pausedMs } = attention.listening(nowMs);
      attention.watched(nowMs);
      const total = attention.totalSilence(nowMs);
      const missed =
        total === undefined
          ? missingOf(services.entries(), nowMs, Math.max(deliveredMs, pausedMs))
          : missingOfAll(services.entries(), nowMs, total);
      if (total !== undefined && missed.length > 0) attention.tell(nowMs);
      return missed;
    },
    snapshot: services.snapshot,
    restore: services.restore,
    forget: services.forget,
  };
}

/** How many events of a template there are in some bucket, and in others, of which there are seldom any. */
interface BatchCount {
  readonly bucket: number;
  count: number;
  others: Map<number, number> | undefined;
}

/** Events of the request that is scored, which are not learned yet, by template and bucket. */
function createBatchCounts() {
  const counts = new Map<TemplateRate, BatchCount>();
  return {
    add(rate: TemplateRate, bucket: number): number {
      const known = counts.get(rate);
      if (known === undefined) {
        counts.set(rate, { bucket, count: 1, others: undefined });
        return 1;
      }
      if (known.bucket === bucket) {
        known.count += 1;
        return known.count;
      }
      known.others ??= new Map();
      const count = (known.others.get(bucket) ?? 0) + 1;
      known.others.set(bucket, count);
      return count;
    },
  };
}

/** @param first the place of the first fresh event */
function scoreWindow(
  { events, freshFrom }: SequenceWindow,
  first: number,
  rates: ServiceRates | undefined,
  batch: ReturnType<typeof createBatchCounts>,
  opinions: OpinionsInProgress,
): void {
  if (rates === undefined) return;
  for (let at = freshFrom; at < events.length; at += 1) {
    const event = events[at];
    if (event === undefined) continue;
    const rate = rates.rateOf(event.match.templateId);
    const bucket = bucketOf(event);
    const before = rate?.countIn(bucket);
    if (rate === undefined || before === undefined) continue;
    const count = before + batch.add(rate, bucket);
    const odds = rates.odds(rate, count, event.timeMs);
    if (odds === undefined) continue;
    const { surprise, usual } = odds;
    const place = first + at - freshFrom;
    opinions.surprises[place] = surprise;
    if (surprise >= DETAIL_FROM_SURPRISE)
      opinions.tell(place, { expected: [], detail: { kind: "rate", count, usual, spanMs: BUCKET_MS } });
  }
}

type KnownServices = Iterable<readonly [service: string, ServiceRates]>;

function togetherSince(services: KnownServices, sinceMs: number): Together {
  let heard = 0;
  let longestGapMs: number | undefined;
  for (const [, rates] of services) {
    if (!isHeardFrom(rates, sinceMs)) continue;
    heard += 1;
    const gapMs = rates.longestGapMs();
    if (gapMs !== undefined) longestGapMs = Math.min(gapMs, longestGapMs ?? gapMs);
  }
  return { areSeveral: heard > 1, longestGapMs };
}

function isHeardFrom(rates: ServiceRates, sinceMs: number): boolean {
  const heardMs = rates.heardMs();
  return heardMs !== undefined && heardMs >= sinceMs;
}

function missingOf(services: KnownServices, nowMs: number, fromMs: number): readonly Absence[] {
  return [...services].flatMap(([service, rates]) =>
    rates.missing(nowMs, fromMs).map((missing) => {
      const what = missing.template === undefined ? "service" : "template";
      return absenceOf(service, missing, what, nowMs);
    }),
  );
}

/** One absence for all, told of the first by name whose own silence is odd, so that what people say of it holds for the next one; none
 * while nobody's is odd. */
function missingOfAll(
  services: KnownServices,
  nowMs: number,
  { silentMs, longestMs, fromMs, toldMs }: TotalSilence,
): readonly Absence[] {
  const [first] = [...services]
    .flatMap(([service, rates]) => {
      const missing = isHeardFrom(rates, toldMs) ? rates.silence(nowMs, fromMs) : undefined;
      return missing === undefined ? [] : [{ service, missing }];
    })
    .sort((a, b) => (a.service < b.service ? -1 : 1));
  if (first === undefined) return [];
  const silence = { ...first.missing.silence, silentMs, longestMs };
  return [absenceOf(first.service, { ...first.missing, silence }, "everything", nowMs)];
}

function absenceOf(
  service: string,
  { silence, last, template }: Missing,
  missing: SequenceWindow["missing"],
  nowMs: number,
): Absence {
  const { surprise, ...times } = silence;
  return {
    window: {
      service,
      stream: "",
      events: [last],
      freshFrom: 1,
      freshRecords: [],
      isStart: false,
      isClosed: true,
      missing,
      session: createSessionTally(),
    },
    evidence: {
      detector: "rate",
      surprise,
      expected: [],
      detail: { kind: "silence", template, ...times, sinceMs: nowMs - times.silentMs },
    },
  };
}

function hasFresh({ events, freshFrom }: SequenceWindow): boolean {
  return freshFrom < events.length;
}
