import type { LogEvent } from "../window/sequence-window.ts";
import type { KnownTemplates } from "./known-templates.ts";
import type { SeverityClass } from "./severity-class.ts";
import type { VectorCache } from "./vector-cache.ts";

/** Known templates that a new one is compared with, the most recently learned ones. */
export const COMPARED_MAX = 512;
/** Different new texts of one request that are compared with the known ones: about 0.2 ms each. A flood of more is taken as
 * unlike anything, so that it cannot stall the stage. */
export const NEW_TEXTS_MAX = 256;

/** How near the known templates come in meaning, as cosines: any of them, and those of the same severity. */
export interface Closest {
  readonly toAny: number;
  readonly toAsSevere: number;
  readonly nearest: string | undefined;
}

/** The comparisons of one request: each new text once, and those beyond the first 256 not at all. */
export interface Comparisons {
  once(service: string, template: string, severity: SeverityClass, compare: () => Closest): Closest;
}

const UNLIKE: Closest = { toAny: 0, toAsSevere: 0, nearest: undefined };

/** Those of one request, of which none has been made yet. */
export function createComparisons(): Comparisons {
  const made = new Map<string, Closest>();
  return {
    once(service, template, severity, compare) {
      const key = `${severity}\0${service}\0${template}`;
      const known = made.get(key);
      if (known !== undefined) return known;
      if (made.size >= NEW_TEXTS_MAX) return UNLIKE;
      const closest = compare();
      made.set(key, closest);
      return closest;
    },
  };
}

/** What a new template is nearest to among the most recently learned ones. */
export function closest(
  template: string,
  severity: SeverityClass,
  known: KnownTemplates,
  vectors: VectorCache,
): Closest {
  const own = vectors.of(template);
  let toAny = 0;
  let toAsSevere = 0;
  let nearest: string | undefined;
  for (const other of known.latest(COMPARED_MAX)) {
    const cosine = dot(own, vectors.of(other.template));
    if (cosine > toAny) nearest = other.template;
    toAny = Math.max(toAny, cosine);
    if (other.severity === severity) toAsSevere = Math.max(toAsSevere, cosine);
  }
  return { toAny, toAsSevere, nearest };
}

/** How near a new template came to those before it; undefined for a known one, and where it has no vector. */
export function nearnessOf(
  { templateId, template }: LogEvent["match"],
  severity: SeverityClass,
  known: KnownTemplates,
  vectors: VectorCache,
): Closest | undefined {
  if (known.has(templateId) || vectors.of(template) === undefined || known.latest(1).length === 0)
    return undefined;
  return closest(template, severity, known, vectors);
}

/** 0 where a vector is missing: what cannot be compared resembles nothing. */
function dot(a: Float32Array | undefined, b: Float32Array | undefined): number {
  if (a === undefined || b === undefined) return 0;
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
