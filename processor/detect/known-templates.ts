import { z } from "zod";
import { SEVERITY_CLASSES, type SeverityClass } from "./severity-class.ts";

/** Records over which "lately" fades. */
const LATELY_RECORDS = 200;
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
  readonly isRepeated: boolean;
}

/** What a service has written, as JSON: [id, template, severity, repeated], least recently seen first. */
export const knownTemplatesState = z.strictObject({
  records: z.number().min(0),
  lately: z.number().min(0).max(1),
  novelties: z.array(z.number().min(0)).length(SEVERITY_CLASSES.length),
  templates: z.array(z.tuple([z.string(), z.string(), z.enum(SEVERITY_CLASSES), z.boolean()])),
});
export type KnownTemplatesState = z.infer<typeof knownTemplatesState>;

/** The templates of one service, and how usual new ones are in it. */
export interface KnownTemplates {
  has(templateId: string): boolean;
  /** The probability that the service's next record is of a template that it has never written. */
  noveltyProbability(): number;
  /** The probability that a new template is at least this severe. */
  severityProbability(severity: SeverityClass): number;
  /** The most recently seen templates, at most `count`. */
  latest(count: number): readonly Known[];
  learn(templateId: string, template: string, severity: SeverityClass): void;
  snapshot(): KnownTemplatesState;
}

/**
 * How usual novelty is: Good-Turing over all time (Good 1953: the share of templates seen exactly once), or the share of
 * new templates lately where that is higher, so that the second new message of a deployment is less odd than the first.
 * @param templatesMax templates remembered; over it the least recently seen one is forgotten
 */
export function createKnownTemplates(templatesMax: number, state?: KnownTemplatesState): KnownTemplates {
  const templates = new Map<string, Known>(
    (state?.templates ?? []).map(([id, template, severity, isRepeated]) => [
      id,
      { template, severity, isRepeated },
    ]),
  );
  let records = state?.records ?? 0;
  let lately = state?.lately ?? 0;
  /** New templates by severity, in the order of SEVERITY_CLASSES. */
  const novelties = SEVERITY_CLASSES.map((_, index) => state?.novelties[index] ?? 0);
  let seenOnce = [...templates.values()].filter(({ isRepeated }) => !isRepeated).length;

  const add = (templateId: string, known: Known) => {
    templates.set(templateId, known);
    seenOnce += 1;
    const index = SEVERITY_CLASSES.indexOf(known.severity);
    novelties[index] = (novelties[index] ?? 0) + 1;
    const [oldest] = templates;
    if (templates.size <= templatesMax || oldest === undefined) return;
    templates.delete(oldest[0]);
    seenOnce -= oldest[1].isRepeated ? 0 : 1;
  };

  return {
    has: (templateId) => templates.has(templateId),
    noveltyProbability: () => Math.min(1, Math.max((seenOnce + 0.5) / (records + 1), lately)),
    severityProbability(severity) {
      const total = novelties.reduce((sum, count) => sum + count, 0);
      const asSevere = novelties
        .slice(SEVERITY_CLASSES.indexOf(severity))
        .reduce((sum, count) => sum + count, 0);
      return (asSevere + PRIOR_NOVELTIES * PRIOR_SHARE[severity]) / (total + PRIOR_NOVELTIES);
    },
    latest: (count) => [...templates.values()].slice(-count),
    learn(templateId, template, severity) {
      const known = templates.get(templateId);
      records += 1;
      lately += ((known === undefined ? 1 : 0) - lately) / LATELY_RECORDS;
      if (known === undefined) return add(templateId, { template, severity, isRepeated: false });
      seenOnce -= known.isRepeated ? 0 : 1;
      templates.delete(templateId);
      templates.set(templateId, { ...known, isRepeated: true });
    },
    snapshot: () => ({
      records,
      lately,
      novelties: [...novelties],
      templates: [...templates].map(([id, { template, severity, isRepeated }]) => [
        id,
        template,
        severity,
        isRepeated,
      ]),
    }),
  };
}
