import { z } from "zod";
import { stateList } from "../template/state-list.ts";
import type { LogEvent, SequenceWindow } from "../window/sequence-window.ts";
import type { Detector } from "./detector.ts";
import type { EvidenceFacts } from "./evidence.ts";
import { type FirstSighting, readFirstSightings } from "./first-sightings.ts";
import {
  createKnownTemplates,
  type KnownTemplates,
  knownTemplatesState,
  type Sighting,
} from "./known-templates.ts";
import {
  type Closest,
  COMPARED_MAX,
  closest,
  createComparisons,
  NEW_TEXTS_MAX,
  nearnessOf,
} from "./nearest-known.ts";
import { NO_FACTS, noOpinions, type OpinionsInProgress } from "./opinions.ts";
import { perRequest } from "./per-request.ts";
import { eventAt, type Places } from "./places.ts";
import { createServiceTable } from "./service-table.ts";
import { type SeverityClass, severityClass } from "./severity-class.ts";
import type { VectorCache } from "./vector-cache.ts";

/** Bounds on the memory of this detector. */
export interface NewTemplateOptions {
  readonly maxServices?: number;
  /** Templates remembered in each service. */
  readonly maxKnownTemplates?: number;
}

/** The most that novelty alone is worth by severity, in nats: a new harmless message is worth watching, never an alert. */
const SURPRISE_MAX: Readonly<Record<SeverityClass, number>> = {
  harmless: 7,
  unspecified: 11,
  warning: 8,
  error: 16,
  fatal: 18,
};
/** A new message is never quite unsurprising: 0 is for the known ones. */
const SURPRISE_MIN = 1e-3;
/** Cosine from which a text says nothing new, and below which it says only new things. */
const SAME_FROM_COSINE = 0.9;
const OTHER_BELOW_COSINE = 0.5;
/** Below it the meaning is not looked at: the answer would be "not odd" anyway. */
const MEANING_FROM_SURPRISE = 1.5;

const newTemplateState = z.strictObject({
  version: z.literal(1),
  services: z.array(z.tuple([z.string(), knownTemplatesState])),
});

/**
 * Messages that a service has not written before. Surprise in nats, -ln of the estimated probability of such a novelty:
 * of anything new at all in this service now, times that of something new being this severe, both lessened by how
 * close in meaning it is to what the service writes anyway. A known message has surprise 0,
 * a new one always more.
 * Throws, on `restore`, an Error that names the field when the state is not in the expected format.
 */
export function createNewTemplateDetector(
  vectors: VectorCache,
  { maxServices = 1_000, maxKnownTemplates = 5_000 }: NewTemplateOptions = {},
): Detector {
  const services = createServiceTable<KnownTemplates>(maxServices, () =>
    createKnownTemplates(maxKnownTemplates),
  );
  const comparisonsOf = perRequest(createComparisons);
  const stranger = createKnownTemplates(maxKnownTemplates);
  const knownOf = (service: string) => services.peek(service) ?? stranger;

  return {
    name: "new-template",
    async score(places, signal) {
      const { windows, firsts } = places;
      const byService = Map.groupBy(windows, ({ service }) => service);
      const texts = [...byService].flatMap(([service, group]) => textsOf(knownOf(service), group));
      if (texts.length > 0) await vectors.ensure(texts, signal);
      const comparisons = comparisonsOf(signal);
      const opinions = noOpinions("new-template", places, undefined, (place) =>
        pastAt(places, place, knownOf),
      );
      for (const [index, window] of windows.entries()) {
        const known = knownOf(window.service);
        const closestOf = (template: string, severity: SeverityClass) =>
          comparisons.once(window.service, template, severity, () =>
            closest(template, severity, known, vectors),
          );
        scoreWindow(window, firsts[index] ?? 0, known, closestOf, opinions);
      }
      return opinions;
    },
    learn(windows) {
      let room = NEW_TEXTS_MAX;
      for (const window of windows)
        room -= learnWindow(window, services.touch(window.service), vectors, room);
    },
    snapshot: (service) => ({
      version: 1,
      services: stateList(services.entries(service), ([name, known]) => [name, known.snapshot()]),
    }),
    restore(state) {
      const parsed = newTemplateState.safeParse(state);
      if (!parsed.success) {
        throw new Error(
          `The state of the new-template detector is not usable: ${z.prettifyError(parsed.error)}`,
        );
      }
      for (const [service, saved] of parsed.data.services) {
        services.set(service, createKnownTemplates(maxKnownTemplates, saved));
      }
    },
    forget: services.delete,
    news: (windows) => windows.flatMap((window) => sightingsIn(window, knownOf(window.service))),
    recall(written) {
      for (const [service, id, template, severity] of readFirstSightings(written)) {
        const known = services.touch(service);
        if (!known.has(id)) known.learn(id, template, severity);
      }
    },
  };
}

/** Of a known message: asked about nearly no record. */
function pastAt(places: Places, place: number, knownOf: (service: string) => KnownTemplates): EvidenceFacts {
  const found = eventAt(places, place);
  const templateId = found?.window.events[found.event]?.match.templateId;
  if (found === undefined || templateId === undefined) return NO_FACTS;
  return { expected: [], past: knownOf(found.window.service).past(templateId) };
}

function sightingsIn(
  { service, events, freshFrom }: SequenceWindow,
  known: KnownTemplates,
): readonly FirstSighting[] {
  const sightings: FirstSighting[] = [];
  for (let at = freshFrom; at < events.length; at += 1) {
    const event = events[at];
    if (event === undefined || known.has(event.match.templateId)) continue;
    const { templateId, template } = event.match;
    sightings.push([service, templateId, template, severityClass(event.severityNumber, template)]);
  }
  return sightings;
}

/** The texts whose meaning matters for these windows of one service: none as long as nothing in them is new. */
function textsOf(known: KnownTemplates, windows: readonly SequenceWindow[]): readonly string[] {
  const weighed: LogEvent[] = [];
  for (const { events, freshFrom } of windows)
    for (let at = freshFrom; at < events.length; at += 1) {
      const event = events[at];
      if (event === undefined || known.has(event.match.templateId)) continue;
      const { novelty, severe } = oddnessOf(event, known);
      if (novelty + severe >= MEANING_FROM_SURPRISE) weighed.push(event);
    }
  if (weighed.length === 0) return [];
  const compared = known.latest(COMPARED_MAX).map(({ template }) => template);
  return [...weighed.map(({ match }) => match.template), ...compared];
}

/** How near the known templates come to a new one. */
type ClosestOf = (template: string, severity: SeverityClass) => Closest;

/** @param first the place of the first fresh event */
function scoreWindow(
  { events, freshFrom }: SequenceWindow,
  first: number,
  known: KnownTemplates,
  closestOf: ClosestOf,
  opinions: OpinionsInProgress,
): void {
  for (let at = freshFrom; at < events.length; at += 1) {
    const event = events[at];
    if (event === undefined) continue;
    const place = first + at - freshFrom;
    if (known.has(event.match.templateId)) {
      opinions.surprises[place] = 0;
      continue;
    }
    const { surprise, nearest } = judge(event, known, closestOf);
    opinions.surprises[place] = surprise;
    // Told at once: by the time that somebody asks it may have been learned.
    const told = { expected: [], past: known.past(event.match.templateId) };
    opinions.tell(place, nearest === undefined ? told : { ...told, nearest });
  }
}

/**
 * @param comparedMax new texts that may be compared with the known ones
 * @returns how many were
 */
function learnWindow(
  { events, freshFrom }: SequenceWindow,
  known: KnownTemplates,
  vectors: VectorCache,
  comparedMax: number,
): number {
  let compared = 0;
  for (let at = freshFrom; at < events.length; at += 1) {
    const event = events[at];
    if (event === undefined) continue;
    const { match, severityNumber, timeMs } = event;
    if (known.has(match.templateId)) {
      known.repeat(match.templateId);
      continue;
    }
    const severity = severityClass(severityNumber, match.template);
    const nearness = compared < comparedMax ? nearnessOf(match, severity, known, vectors) : undefined;
    if (nearness !== undefined) compared += 1;
    known.learn(match.templateId, match.template, severity, { ...sightingOf(nearness, known), timeMs });
  }
  return compared;
}

function sightingOf(nearness: Closest | undefined, known: KnownTemplates): Sighting {
  if (nearness === undefined) return {};
  return { nearness: nearness.toAny, newness: newness(nearness.toAsSevere, known) };
}

/**
 * Of an event that is new.
 * @param closestOf how near the known templates come to it
 */
function judge(
  event: LogEvent,
  known: KnownTemplates,
  closestOf: ClosestOf,
): { readonly surprise: number; readonly nearest?: string | undefined } {
  const { severity, novelty, severe } = oddnessOf(event, known);
  if (novelty + severe < MEANING_FROM_SURPRISE) return { surprise: Math.max(SURPRISE_MIN, novelty + severe) };
  const { toAny, toAsSevere, nearest } = closestOf(event.match.template, severity);
  const weighed = novelty * newness(toAny, known) + severe * newness(toAsSevere, known);
  const surprise = Math.min(SURPRISE_MAX[severity], Math.max(SURPRISE_MIN, weighed));
  return { surprise, nearest };
}

/** How odd a new template is before its meaning is looked at, in nats: for being new, and for being this severe. */
function oddnessOf({ match, severityNumber }: LogEvent, known: KnownTemplates) {
  const severity = severityClass(severityNumber, match.template);
  const novelty = -Math.log(known.noveltyProbability(severity));
  const severe = -Math.log(known.severityProbability(severity));
  return { severity, novelty, severe };
}

/**
 * From 0 for a near-duplicate to 1 for a text that resembles nothing. Where the service's different events have always read
 * alike, nearness excuses nothing: never less than the share of them that came as near.
 */
function newness(cosine: number, known: KnownTemplates): number {
  const apart = (SAME_FROM_COSINE - cosine) / (SAME_FROM_COSINE - OTHER_BELOW_COSINE);
  return Math.min(1, Math.max(0, apart, known.shareAsNear(cosine)));
}
