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
  /** Adds what is learned from beside the sequences: it is neither sampled nor held out, and moves no border between their parts. */
  addToTraining(service: string, sequence: Sequence): void;
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
  const templates = createTemplateTable(servicesMax, templatesMax);
  let kept: Kept[] = [];
  const taught = new Map<string, Sequence[]>();
  let events = 0;
  let eventsTaught = 0;
  let drawMax = 1;
  let eventsOffered = 0;
  let eventsLeftOut = 0;

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
      const index = templates.indexOf(name, templateId, text);
      if (index !== undefined) return index;
      eventsOffered += 1;
      eventsLeftOut += 1;
      return undefined;
    },
    add(service, sequence, startMs) {
      eventsOffered += sequence.templates.length;
      for (const piece of piecesOf(sequence)) keep(service, piece, startMs);
    },
    addToTraining(service, sequence) {
      eventsOffered += sequence.templates.length;
      eventsTaught += sequence.templates.length;
      const known = taught.get(service) ?? [];
      taught.set(service, known);
      known.push(...piecesOf(sequence));
    },
    build() {
      const byService = Map.groupBy(kept, ({ service }) => service);
      return {
        services: [...new Set([...byService.keys(), ...taught.keys()])].map((name) => ({
          name,
          templates: templates.textsOf(name),
          ...partsOf(byService.get(name) ?? [], taught.get(name) ?? []),
        })),
        events: events + eventsTaught,
        eventsOffered,
        eventsLeftOut,
      };
    },
  };
}

/** Numbers the templates of each service, up to so many services, and templates of them all. */
function createTemplateTable(servicesMax: number, templatesMax: number) {
  const servicesBound = Math.min(servicesMax, INDEXES_MAX);
  const templatesBound = Math.min(templatesMax, INDEXES_MAX);
  const services = new Map<string, ServiceTemplates>();
  let templates = 0;
  const serviceOf = (name: string) => {
    const known = services.get(name);
    if (known !== undefined || services.size >= servicesBound) return known;
    const service: ServiceTemplates = { indexes: new Map(), texts: [] };
    services.set(name, service);
    return service;
  };
  return {
    /** Undefined beyond the bounds. */
    indexOf(name: string, templateId: string, text: string): number | undefined {
      const service = serviceOf(name);
      const index = service?.indexes.get(templateId);
      if (service === undefined || (index === undefined && templates >= templatesBound)) return undefined;
      if (index !== undefined) {
        service.texts[index] = text;
        return index;
      }
      templates += 1;
      service.indexes.set(templateId, service.texts.length);
      return service.texts.push(text) - 1;
    },
    textsOf: (name: string): readonly string[] => services.get(name)?.texts ?? [],
  };
}

function partsOf(kept: readonly Kept[], taught: readonly Sequence[]) {
  const oldestFirst = kept.toSorted((a, b) => a.startMs - b.startMs).map(({ sequence }) => sequence);
  const parts = splitHeldOut(oldestFirst);
  return { ...parts, train: [...parts.train, ...taught] };
}

function piecesOf(sequence: Sequence): readonly Sequence[] {
  const count = Math.ceil(sequence.templates.length / PIECE_EVENTS_MAX);
  return Array.from({ length: count }, (_, at) =>
    pieceOf(sequence, at * PIECE_EVENTS_MAX, (at + 1) * PIECE_EVENTS_MAX),
  );
}
