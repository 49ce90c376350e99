import { z } from "zod";
import { stateList } from "../template/state-list.ts";
import type { LogEvent } from "../window/sequence-window.ts";
import { type Arrivals, arrivalsState, createArrivals, type Silence } from "./arrivals.ts";
import {
  BUCKET_MS,
  type CountOdds,
  createTemplateRate,
  type TemplateRate,
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
  /** What has fallen silent by now and was not told yet. @param fromMs silence from before does not count */
  missing(nowMs: number, fromMs: number): readonly Missing[];
  /** Templates kept. */
  readonly size: number;
  /** As JSON a {@link ServiceRatesState}. */
  snapshot(): unknown;
}

interface Known {
  readonly rate: TemplateRate;
  readonly arrivals: Arrivals;
  /** undefined until it was seen since the start. */
  last: LogEvent | undefined;
}

/** @param templatesMax over it the least recently seen one is forgotten */
export function createServiceRates(templatesMax: number, state?: ServiceRatesState): ServiceRates {
  const templates = new Map<string, Known>(
    (state?.templates ?? [])
      .slice(-templatesMax)
      .map(([id, rate, arrivals]) => [
        id,
        { rate: createTemplateRate(rate), arrivals: createArrivals(arrivals), last: undefined },
      ]),
  );
  const rhythm: WeekRhythm = createWeekRhythm(state?.rhythm);
  const arrivals = createArrivals(state?.arrivals);
  let last: LogEvent | undefined;
  /** The silence that was told last: what fell silent with it is the same. */
  let told = { sinceMs: Number.NEGATIVE_INFINITY, usualMs: 0 };
  const seasonOf = (bucket: number) => rhythm.factorAt(bucket * BUCKET_MS);

  const missingTemplate = (
    { arrivals: own, last: event }: Known,
    nowMs: number,
    fromMs: number,
  ): Missing[] => {
    const silence = own.silence(nowMs, fromMs);
    if (silence === undefined || event === undefined) return [];
    own.tell();
    const sinceMs = nowMs - silence.silentMs;
    const isOfTheSame = Math.abs(sinceMs - told.sinceMs) <= Math.max(told.usualMs, silence.usualMs);
    told = { sinceMs, usualMs: silence.usualMs };
    return isOfTheSame ? [] : [{ silence, last: event, template: event.match.template }];
  };

  const touch = (id: string): Known => {
    const known = templates.get(id) ?? {
      rate: createTemplateRate(),
      arrivals: createArrivals(),
      last: undefined,
    };
    templates.delete(id);
    templates.set(id, known);
    if (templates.size > templatesMax) {
      const [oldest] = templates.keys();
      if (oldest !== undefined) templates.delete(oldest);
    }
    return known;
  };

  return {
    get size() {
      return templates.size;
    },
    rateOf: (templateId) => templates.get(templateId)?.rate,
    odds: (rate, count, timeMs) => rate.odds(count, rhythm.factorAt(timeMs)),
    learn(event, nowMs, fromMs) {
      const known = touch(event.match.templateId);
      known.rate.learn(bucketOf(event), seasonOf);
      rhythm.learn(event.timeMs);
      if (Math.abs(nowMs - event.timeMs) > LIVE_WITHIN_MS) return;
      last = withoutParameters(event);
      known.last = last;
      known.arrivals.arrive(nowMs, fromMs);
      arrivals.arrive(nowMs, fromMs);
    },
    missing(nowMs, fromMs) {
      const all = arrivals.silence(nowMs, fromMs);
      if (all !== undefined && last !== undefined) {
        arrivals.tell();
        for (const known of templates.values()) known.arrivals.tell();
        return [{ silence: all, last, template: undefined }];
      }
      return [...templates.values()].flatMap((known) => missingTemplate(known, nowMs, fromMs));
    },
    snapshot: () => ({
      rhythm: rhythm.snapshot(),
      arrivals: arrivals.snapshot(),
      templates: stateList(templates, stateOf),
    }),
  };
}

function stateOf([id, { rate, arrivals }]: readonly [string, Known]): unknown {
  return [id, rate.snapshot(), arrivals.snapshot()];
}

/** The bucket that the event falls in. */
export function bucketOf({ timeMs }: LogEvent): number {
  return Math.floor(timeMs / BUCKET_MS);
}

function withoutParameters(event: LogEvent): LogEvent {
  return { ...event, match: { ...event.match, parameters: [], isNew: false } };
}
