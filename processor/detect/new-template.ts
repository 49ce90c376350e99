import { z } from "zod";
import type { LogEvent, SequenceWindow } from "../window/sequence-window.ts";
import type { Detector } from "./detector.ts";
import { createKnownTemplates, type KnownTemplates, knownTemplatesState } from "./known-templates.ts";
import { createServiceTable } from "./service-table.ts";
import { type SeverityClass, severityClass } from "./severity-class.ts";
import { textVector } from "./text-vector.ts";
import { createVectorCache } from "./vector-cache.ts";

/** Bounds on the memory of this detector, and where meaning comes from. */
export interface NewTemplateOptions {
  readonly maxServices?: number;
  /** Templates remembered in each service. */
  readonly maxKnownTemplates?: number;
  /** Unit vector of a template's text. */
  readonly vectorOf?: (template: string) => Float32Array;
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
/** Known templates that a new one is compared with, the most recently learned ones. */
const COMPARED_MAX = 512;

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
export function createNewTemplateDetector({
  maxServices = 1_000,
  maxKnownTemplates = 5_000,
  vectorOf = textVector,
}: NewTemplateOptions = {}): Detector {
  const services = createServiceTable<KnownTemplates>(maxServices, () =>
    createKnownTemplates(maxKnownTemplates),
  );
  const vectors = createVectorCache(vectorOf);

  const surpriseOf = ({ match, severityNumber }: LogEvent, known: KnownTemplates): number => {
    if (known.has(match.templateId)) return 0;
    const severity = severityClass(severityNumber, match.template);
    const novelty = -Math.log(known.noveltyProbability());
    const severe = -Math.log(known.severityProbability(severity));
    if (novelty + severe < MEANING_FROM_SURPRISE) return Math.max(SURPRISE_MIN, novelty + severe);
    const own = vectors.of(match.template);
    const { toAny, toAsSevere } = closest(own, severity, known);
    const weighed = novelty * newness(toAny) + severe * newness(toAsSevere);
    return Math.min(SURPRISE_MAX[severity], Math.max(SURPRISE_MIN, weighed));
  };

  const closest = (own: Float32Array, severity: SeverityClass, known: KnownTemplates) => {
    let toAny = 0;
    let toAsSevere = 0;
    for (const other of known.latest(COMPARED_MAX)) {
      const cosine = dot(own, vectors.of(other.template));
      toAny = Math.max(toAny, cosine);
      if (other.severity === severity) toAsSevere = Math.max(toAsSevere, cosine);
    }
    return { toAny, toAsSevere };
  };

  const scoreWindow = (window: SequenceWindow, index: number) => {
    const known = services.peek(window.service) ?? createKnownTemplates(maxKnownTemplates);
    return window.events.slice(window.freshFrom).map((event, offset) => ({
      detector: "new-template" as const,
      window: index,
      event: window.freshFrom + offset,
      surprise: surpriseOf(event, known),
      expected: [],
    }));
  };

  return {
    name: "new-template",
    score: (windows) => Promise.resolve(windows.flatMap(scoreWindow)),
    learn(windows) {
      for (const { service, events, freshFrom } of windows) {
        const known = services.touch(service);
        for (const { match, severityNumber } of events.slice(freshFrom)) {
          known.learn(match.templateId, match.template, severityClass(severityNumber, match.template));
        }
      }
    },
    snapshot: () => ({
      version: 1,
      services: services.entries().map(([service, known]) => [service, known.snapshot()]),
    }),
    restore(state) {
      const parsed = newTemplateState.safeParse(state);
      if (!parsed.success) {
        throw new Error(
          `The state of the new-template detector is not usable: ${z.prettifyError(parsed.error)}`,
        );
      }
      services.clear();
      for (const [service, saved] of parsed.data.services) {
        services.set(service, createKnownTemplates(maxKnownTemplates, saved));
      }
    },
  };
}

/** 0 for a near-duplicate, 1 for a text that resembles nothing. */
function newness(cosine: number): number {
  return Math.min(1, Math.max(0, (SAME_FROM_COSINE - cosine) / (SAME_FROM_COSINE - OTHER_BELOW_COSINE)));
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
