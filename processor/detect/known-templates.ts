import { z } from "zod";
import type { Past } from "./evidence.ts";
import { createRecencyMap } from "./recency-map.ts";
import { SEVERITY_CLASSES, type SeverityClass } from "./severity-class.ts";
import { createSightings, inParts } from "./sightings.ts";

/** Records over which "lately" fades. */
const LATELY_RECORDS = 200;
/** New templates whose nearness to those before them is remembered. */
const NEARNESSES_KEPT = 256;
/** So many new templates that resembled nothing are taken as seen before the first one. */
const PRIOR_UNLIKE = 5;
/** How many new templates the prior shares below are worth. */
const PRIOR_NOVELTIES = 20;
/** Prior share of new templates that are at least this severe. */
const PRIOR_SHARE: Readonly<Record<SeverityClass, number>> = {
  harmless: 1,
  unspecified: 1,
  warning: 0.2,
  error: 0.03,
  fatal: 1e-4,
};

interface Known {
  readonly template: string;
  readonly severity: SeverityClass;
  /** How many records had it. */
  times: number;
  /** Of the first of them, milliseconds since the epoch. */
  readonly firstMs: number | undefined;
  /** See {@link Sighting}. */
  readonly newness: number;
}

const bySeverity = z.array(z.number().min(0)).length(SEVERITY_CLASSES.length);

/** What a service has written, as JSON: [id, template, severity, records, time of the first], least recently seen first. */
export const knownTemplatesState = z.strictObject({
  records: z.number().min(0),
  lately: z.number().min(0).max(1),
  novelties: bySeverity,
  // Absent, as the newness of those seen once that were not wholly new, from states that were saved before it was weighed.
  alike: bySeverity.default([0, 0, 0, 0, 0]),
  newnesses: z.array(z.tuple([z.string(), z.number().min(0).max(1)])).default([]),
  // Absent from states that were saved before it was kept.
  nearnesses: z.array(z.number().min(-1.001).max(1.001)).default([]),
  templates: z.array(
    z.tuple([
      z.string(),
      z.string(),
      z.enum(SEVERITY_CLASSES),
      // In states from before they were counted: whether there was more than one.
      z.union([z.int().min(1), z.boolean().transform((isRepeated) => (isRepeated ? 2 : 1))]),
      z.number().optional(),
    ]),
  ),
});
export type KnownTemplatesState = z.infer<typeof knownTemplatesState>;

/** How a template was seen first. */
export interface Sighting {
  /** The highest cosine to a known one; undefined where it is not known. */
  readonly nearness?: number | undefined;
  /** How much of it was new beside those as severe, 0 to 1; undefined where that is not known: taken as all. */
  readonly newness?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly timeMs?: number | undefined;
}

/** The templates of one service, and how usual new ones are in it. */
export interface KnownTemplates {
  has(templateId: string): boolean;
  /** What was written so far, with how much of it had this template. */
  past(templateId: string): Past;
  /** The probability that the service's next record is of a template that it has never written; for one this severe. */
  noveltyProbability(severity: SeverityClass): number;
  /** The probability that a new template is at least this severe, and none that says what one as severe has said. */
  severityProbability(severity: SeverityClass): number;
  /**
   * The share of the service's new templates that came at least this near, in meaning, to one that it had written before:
   * high where different events read alike, and nearness therefore says little.
   */
  shareAsNear(cosine: number): number;
  /** The most recently seen templates, at most `count`. */
  latest(count: number): readonly Known[];
  /** A known template came again. */
  repeat(templateId: string): void;
  /** A new one came. */
  learn(templateId: string, template: string, severity: SeverityClass, sighting?: Sighting): void;
  snapshot(): KnownTemplatesState;
}

/**
 * How usual novelty is: Good-Turing over all time (Good 1953: the share of templates seen exactly once), or the share of
 * new templates lately where that is higher, so that the second new message of a deployment is less odd than the first.
 * One as severe as what is judged counts for as much as was new about it: another spelling of a known error tells little of
 * how often others come.
 * @param templatesMax templates remembered; over it the least recently seen tenth is forgotten
 */
export function createKnownTemplates(templatesMax: number, state?: KnownTemplatesState): KnownTemplates {
  const seenOnce = createSightings();
  const templates = createRecencyMap<Known>(
    {
      max: templatesMax,
      create: () => ({ template: "", severity: "unspecified", times: 1, firstMs: undefined, newness: 1 }),
      onForget: (known) => {
        if (known.times === 1) seenOnce.remove(known);
      },
    },
    state === undefined ? [] : savedTemplates(state),
  );
  let records = state?.records ?? 0;
  let lately = state?.lately ?? 0;
  const novelties = createSightings(state?.novelties, state?.alike);
  const nearnesses = [...(state?.nearnesses ?? [])];
  for (const known of templates.values()) if (known.times === 1) seenOnce.add(known);

  return {
    has: (templateId) => templates.peek(templateId) !== undefined,
    past(templateId) {
      const known = templates.peek(templateId);
      const counted = { records, templates: templates.size(), times: known?.times ?? 0 };
      return known?.firstMs === undefined ? counted : { ...counted, firstMs: known.firstMs };
    },
    noveltyProbability: (severity) =>
      Math.min(1, Math.max((seenOnce.weighed(severity) + 0.5) / (records + 1), lately)),
    severityProbability: (severity) =>
      (novelties.asSevere(severity) + PRIOR_NOVELTIES * PRIOR_SHARE[severity]) /
      (novelties.count() + PRIOR_NOVELTIES),
    shareAsNear: (cosine) =>
      nearnesses.filter((one) => one >= cosine).length / (nearnesses.length + PRIOR_UNLIKE),
    latest: (count) => templates.latest(count),
    learn(templateId, template, severity, { nearness, newness = 1, timeMs } = {}) {
      records += 1;
      lately += (1 - lately) / LATELY_RECORDS;
      if (nearness !== undefined) nearnesses.push(nearness);
      if (nearnesses.length > NEARNESSES_KEPT) nearnesses.shift();
      const known = { template, severity, times: 1, firstMs: timeMs, newness: inParts(newness) };
      templates.set(templateId, known);
      seenOnce.add(known);
      novelties.add(known);
    },
    repeat(templateId) {
      records += 1;
      lately -= lately / LATELY_RECORDS;
      const known = templates.use(templateId);
      if (known.times === 1) seenOnce.remove(known);
      known.times += 1;
    },
    snapshot: () => ({
      records,
      lately,
      novelties: novelties.counts(),
      alike: novelties.alike(),
      newnesses: templates
        .oldestFirst()
        .flatMap(([id, { times, newness }]) => (times === 1 && newness < 1 ? [[id, newness]] : [])),
      nearnesses: [...nearnesses],
      templates: templates
        .oldestFirst()
        .map(([id, { template, severity, times, firstMs }]) =>
          firstMs === undefined ? [id, template, severity, times] : [id, template, severity, times, firstMs],
        ),
    }),
  };
}

function savedTemplates(state: KnownTemplatesState): readonly (readonly [string, Known])[] {
  const newnesses = new Map(state.newnesses);
  return state.templates.map(([id, template, severity, times, firstMs]) => [
    id,
    { template, severity, times, firstMs, newness: newnesses.get(id) ?? 1 },
  ]);
}
