import { type Corpus, pieceOf, type Sequence } from "./corpus.ts";
import { createKeyedRandom } from "./keyed-random.ts";
import { splitHeldOut } from "./split-held-out.ts";

/** Bounds on a corpus' memory: about 10 bytes an event, and 1 KiB a template in training. */
export interface CorpusLimits {
  /** Beyond it the sequences are a uniform sample. */
  readonly eventsMax?: number;
  /** Services and templates (of all services together) beyond these, and beyond the 65,536 that a sequence can tell apart, are
   * left out. */
  readonly servicesMax?: number;
  readonly templatesMax?: number;
  /** Of the sampling. */
  readonly seed?: number;
}

/** Collects sequences. */
export interface CorpusBuilder {
  /** The template's index within its service, with its text as it is now; undefined: beyond the bounds, counted as left out. */
  templateOf(service: string, templateId: string, text: string): number | undefined;
  /** Long sequences are cut in pieces. @param startMs time of the first event, 0 where none is known: then the order of arrival counts */
  add(service: string, sequence: Sequence, startMs: number): void;
  build(): Corpus;
}

interface ServiceTemplates {
  readonly indexes: Map<string, number>;
  readonly texts: string[];
}

interface Kept {
  readonly service: string;
  readonly sequence: Sequence;
  readonly startMs: number;
  /** Uniform in [0, 1): those with the lowest draws are the sample. */
  readonly draw: number;
}

/** Events of a sequence that are sampled, and held out, as one. */
export const PIECE_EVENTS_MAX = 512;
/** The sample is cut back when it is larger than its bound by this factor. */
const SLACK = 1.1;
/** Sequences and units have 16-bit indexes. */
const INDEXES_MAX = 2 ** 16;

/** An empty corpus to be filled; in bounded memory whatever comes. */
export function createCorpusBuilder({
  eventsMax = 2_000_000,
  servicesMax = 1_000,
  templatesMax = 20_000,
  seed = 7,
}: CorpusLimits = {}): CorpusBuilder {
  const random = createKeyedRandom(seed);
  const servicesBound = Math.min(servicesMax, INDEXES_MAX);
  const templatesBound = Math.min(templatesMax, INDEXES_MAX);
  const services = new Map<string, ServiceTemplates>();
  let kept: Kept[] = [];
  let events = 0;
  let drawMax = 1;
  let templates = 0;
  let eventsOffered = 0;
  let eventsLeftOut = 0;

  const serviceOf = (name: string) => {
    const known = services.get(name);
    if (known !== undefined || services.size >= servicesBound) return known;
    const service: ServiceTemplates = { indexes: new Map(), texts: [] };
    services.set(name, service);
    return service;
  };
  const cutBack = () => {
    if (events <= eventsMax * SLACK) return;
    const byDraw = kept.toSorted((a, b) => a.draw - b.draw);
    let sum = 0;
    const end = byDraw.findIndex(({ sequence }) => {
      sum += sequence.templates.length;
      return sum > eventsMax;
    });
    drawMax = byDraw[end]?.draw ?? drawMax;
    kept = kept.filter(({ draw }) => draw < drawMax);
    events = kept.reduce((total, { sequence }) => total + sequence.templates.length, 0);
  };

  const keep = (service: string, sequence: Sequence, startMs: number) => {
    const draw = random.next();
    if (draw >= drawMax) return;
    kept.push({ service, sequence, startMs, draw });
    events += sequence.templates.length;
    cutBack();
  };

  return {
    templateOf(name, templateId, text) {
      const service = serviceOf(name);
      const index = service?.indexes.get(templateId);
      if (service === undefined || (index === undefined && templates >= templatesBound)) {
        eventsOffered += 1;
        eventsLeftOut += 1;
        return undefined;
      }
      if (index !== undefined) {
        service.texts[index] = text;
        return index;
      }
      templates += 1;
      service.indexes.set(templateId, service.texts.length);
      return service.texts.push(text) - 1;
    },
    add(service, sequence, startMs) {
      eventsOffered += sequence.templates.length;
      for (let from = 0; from < sequence.templates.length; from += PIECE_EVENTS_MAX)
        keep(service, pieceOf(sequence, from, from + PIECE_EVENTS_MAX), startMs);
    },
    build() {
      const byService = Map.groupBy(kept, ({ service }) => service);
      return {
        services: [...byService].map(([name, group]) => ({
          name,
          templates: services.get(name)?.texts ?? [],
          ...splitHeldOut(group.toSorted((a, b) => a.startMs - b.startMs).map(({ sequence }) => sequence)),
        })),
        events,
        eventsOffered,
        eventsLeftOut,
      };
    },
  };
}
