import { z } from "zod";
import { stateList } from "../template/state-list.ts";
import type { LogEvent } from "../window/sequence-window.ts";
import {
  type Arrivals,
  type ArrivalsState,
  arrivalsState,
  createArrivals,
  type Silence,
} from "./arrivals.ts";
import { createRecencyMap } from "./recency-map.ts";
import {
  BUCKET_MS,
  type CountOdds,
  createTemplateRate,
  type TemplateRate,
  type TemplateRateState,
  templateRateState,
} from "./template-rate.ts";
import { createWeekRhythm, type WeekRhythm, weekRhythmState } from "./week-rhythm.ts";

/** Events this much older or newer than the wall clock are a replay: nobody waits for their next one. In milliseconds. */
const LIVE_WITHIN_MS = 300_000;

/** One service's rates as JSON: templates as [id, rate, arrivals], least recently seen first. */
export const serviceRatesState = z.strictObject({
  rhythm: weekRhythmState,
  arrivals: arrivalsState,
  templates: z.array(z.tuple([z.string(), templateRateState, arrivalsState])),
});
export type ServiceRatesState = z.infer<typeof serviceRatesState>;

/** Something that stopped coming. */
export interface Missing {
  readonly silence: Silence;
  /** What came last, without its parameters. */
  readonly last: LogEvent;
  /** undefined where everything of the service stopped. */
  readonly template: string | undefined;
}

/** The rates of one service's templates. */
export interface ServiceRates {
  rateOf(templateId: string): TemplateRate | undefined;
  /** undefined while too little is known. */
  odds(rate: TemplateRate, count: number, timeMs: number): CountOdds | undefined;
  /** @param fromMs since when somebody has listened */
  learn(event: LogEvent, nowMs: number, fromMs: number): void;
  /** Of the whole service, where it is silent by now and was not told. @param fromMs silence from before does not count */
  silence(nowMs: number, fromMs: number): Missing | undefined;
  /** What has fallen silent by now and was not told yet. @param fromMs silence from before does not count */
  missing(nowMs: number, fromMs: number): readonly Missing[];
  /** Templates kept. */
  size(): number;
  /** As JSON a {@link ServiceRatesState}. */
  snapshot(): unknown;
}

interface Known {
  readonly rate: TemplateRate;
  readonly arrivals: Arrivals;
  readonly last: LastSeen;
}

/** An event without its parameters, written over by the next one; `templateId` is empty until one was seen since the start. */
interface LastSeen {
  templateId: string;
  template: string;
  timeMs: number;
  gapMs: number;
  severityNumber: number;
}

/** @param templatesMax over it the least recently seen tenth is forgotten */
export function createServiceRates(templatesMax: number, state?: ServiceRatesState): ServiceRates {
  const templates = createRecencyMap<Known>(
    { max: templatesMax, create: () => knownOf() },
    (state?.templates ?? []).map(([id, rate, arrivals]) => [id, knownOf(rate, arrivals)]),
  );
  const rhythm: WeekRhythm = createWeekRhythm(state?.rhythm);
  const arrivals = createArrivals(state?.arrivals);
  const last = neverSeen();
  /** The silence that was told last: what fell silent with it is the same. */
  let told = { sinceMs: Number.NEGATIVE_INFINITY, usualMs: 0 };
  const seasonOf = (bucket: number) => rhythm.factorAt(bucket * BUCKET_MS);

  const missingTemplate = ({ arrivals: own, last: event, silence }: Silent, nowMs: number): Missing[] => {
    own.tell();
    const sinceMs = nowMs - silence.silentMs;
    const isOfTheSame = Math.abs(sinceMs - told.sinceMs) <= Math.max(told.usualMs, silence.usualMs);
    told = { sinceMs, usualMs: silence.usualMs };
    return isOfTheSame ? [] : [{ silence, last: eventOf(event), template: event.template }];
  };

  const wholeSilence = (nowMs: number, fromMs: number): Missing | undefined => {
    const silence = arrivals.silence(nowMs, fromMs);
    if (silence === undefined || last.templateId === "") return undefined;
    return { silence, last: eventOf(last), template: undefined };
  };

  return {
    silence: wholeSilence,
    size() {
      return templates.size();
    },
    rateOf: (templateId) => templates.peek(templateId)?.rate,
    odds: (rate, count, timeMs) => rate.odds(count, rhythm.factorAt(timeMs)),
    learn(event, nowMs, fromMs) {
      const known = templates.use(event.match.templateId);
      known.rate.learn(bucketOf(event), seasonOf);
      rhythm.learn(event.timeMs);
      if (Math.abs(nowMs - event.timeMs) > LIVE_WITHIN_MS) return;
      see(last, event);
      see(known.last, event);
      known.arrivals.arrive(nowMs, fromMs);
      arrivals.arrive(nowMs, fromMs);
    },
    missing(nowMs, fromMs) {
      const all = wholeSilence(nowMs, fromMs);
      if (all !== undefined) {
        arrivals.tell();
        for (const known of templates.values()) known.arrivals.tell();
        return [all];
      }
      return [...templates.values()]
        .flatMap((known) => silenceOf(known, nowMs, fromMs))
        .sort((a, b) => b.silence.silentMs - a.silence.silentMs)
        .flatMap((silent) => missingTemplate(silent, nowMs));
    },
    snapshot: () => ({
      rhythm: rhythm.snapshot(),
      arrivals: arrivals.snapshot(),
      templates: stateList(templates.oldestFirst(), stateOf),
    }),
  };
}

function stateOf([id, { rate, arrivals }]: readonly [string, Known]): unknown {
  return [id, rate.snapshot(), arrivals.snapshot()];
}

interface Silent extends Pick<Known, "arrivals" | "last"> {
  readonly silence: Silence;
}

function silenceOf({ arrivals, last }: Known, nowMs: number, fromMs: number): readonly Silent[] {
  const silence = arrivals.silence(nowMs, fromMs);
  return silence === undefined || last.templateId === "" ? [] : [{ arrivals, last, silence }];
}

/** The bucket that the event falls in. */
export function bucketOf({ timeMs }: LogEvent): number {
  return Math.floor(timeMs / BUCKET_MS);
}

function knownOf(...[rate, arrivals]: [rate?: TemplateRateState, arrivals?: ArrivalsState]): Known {
  return { rate: createTemplateRate(rate), arrivals: createArrivals(arrivals), last: neverSeen() };
}

function neverSeen(): LastSeen {
  return { templateId: "", template: "", timeMs: 0, gapMs: 0, severityNumber: 0 };
}

function see(last: LastSeen, { match, timeMs, gapMs, severityNumber }: LogEvent): void {
  last.templateId = match.templateId;
  last.template = match.template;
  last.timeMs = timeMs;
  last.gapMs = gapMs;
  last.severityNumber = severityNumber;
}

function eventOf({ templateId, template, timeMs, gapMs, severityNumber }: LastSeen): LogEvent {
  const match = { templateId, template, parameters: [], isNew: false };
  return { match, timeMs, gapMs, severityNumber };
}
