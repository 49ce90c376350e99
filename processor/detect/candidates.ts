import { z } from "zod";
import type { VectorCache } from "./vector-cache.ts";

/** Past these observations they fade: a template's habit may change. */
const OBSERVATIONS_MAX = 1_000;
/** How many observations the service's mean is worth for a template that was hardly seen. */
const PRIOR_OBSERVATIONS = 5;

interface Candidate {
  readonly id: string;
  text: string;
  observations: number;
  surpriseSum: number;
  lastUse: number;
}

/** A service's candidates as JSON: [id, text, observations, sum of surprises]. */
export const candidatesState = z.array(
  z.tuple([z.string(), z.string(), z.number().min(0), z.number().min(0)]),
);
export type CandidatesState = z.infer<typeof candidatesState>;

/** The templates of one service that the event model chooses between, and how surprising each usually is. */
export interface Candidates {
  /** Position in the table, or undefined for a template that the service has not written before. */
  indexOf(templateId: string): number | undefined;
  textAt(index: number): string | undefined;
  readonly size: number;
  /** Changes whenever an index or a text stands for something else. */
  readonly revision: number;
  /** Texts whose vectors `table` is going to ask for; none while the table stands. */
  textsForTable(): readonly string[];
  /** The text vectors in the order of their indexes; zeros for a text that was not ensured. */
  table(): Float32Array;
  /** The surprise that an event of this template has on average; undefined: the mean over the service. */
  usualSurprise(templateId: string | undefined): number;
  /** @param surprise undefined where the model did not judge the event */
  learn(templateId: string, text: string, surprise: number | undefined): void;
  snapshot(): CandidatesState;
}

/** @param candidatesMax over it the least recently learned one is forgotten */
export function createCandidates(
  candidatesMax: number,
  vectors: VectorCache,
  state: CandidatesState = [],
): Candidates {
  let candidates: Candidate[] = state.map(([id, text, observations, surpriseSum], index) => ({
    id,
    text,
    observations,
    surpriseSum,
    lastUse: index,
  }));
  let indexes = indexesOf(candidates);
  let uses = candidates.length;
  let revision = 0;
  let table: Float32Array | undefined;

  const changed = () => {
    revision += 1;
    table = undefined;
  };
  const add = (id: string, text: string) => {
    if (candidates.length >= candidatesMax) {
      const oldest = candidates.reduce((a, b) => (b.lastUse < a.lastUse ? b : a));
      candidates = candidates.filter((candidate) => candidate !== oldest);
      indexes = indexesOf(candidates);
    }
    const candidate: Candidate = { id, text, observations: 0, surpriseSum: 0, lastUse: uses };
    indexes.set(id, candidates.length);
    candidates.push(candidate);
    changed();
    return candidate;
  };
  const find = (id: string | undefined) => (id === undefined ? undefined : candidates[indexes.get(id) ?? -1]);

  return {
    indexOf: (templateId) => indexes.get(templateId),
    textAt: (index) => candidates[index]?.text,
    get size() {
      return candidates.length;
    },
    get revision() {
      return revision;
    },
    textsForTable: () => (table === undefined ? candidates.map(({ text }) => text) : []),
    table() {
      if (table !== undefined) return table;
      const texts = candidates.map(({ text }) => text);
      const built = concatenated(texts, vectors);
      if (texts.every((text) => vectors.of(text) !== undefined)) table = built;
      return built;
    },
    usualSurprise(templateId) {
      const mean = meanOf(candidates);
      const known = find(templateId);
      if (known === undefined) return mean;
      return (known.surpriseSum + PRIOR_OBSERVATIONS * mean) / (known.observations + PRIOR_OBSERVATIONS);
    },
    learn(templateId, text, surprise) {
      const candidate = find(templateId) ?? add(templateId, text);
      uses += 1;
      candidate.lastUse = uses;
      if (candidate.text !== text) {
        candidate.text = text;
        changed();
      }
      if (surprise === undefined) return;
      candidate.observations += 1;
      candidate.surpriseSum += surprise;
      if (candidate.observations < OBSERVATIONS_MAX) return;
      candidate.observations /= 2;
      candidate.surpriseSum /= 2;
    },
    snapshot: () =>
      [...candidates]
        .sort((a, b) => a.lastUse - b.lastUse)
        .map(({ id, text, observations, surpriseSum }) => [id, text, observations, surpriseSum]),
  };
}

/** The texts' vectors, one after the other; zeros for a text that was not ensured. */
export function concatenated(texts: readonly string[], vectors: VectorCache): Float32Array {
  const table = new Float32Array(texts.length * vectors.dimensions);
  for (const [index, text] of texts.entries()) {
    const vector = vectors.of(text);
    if (vector !== undefined) table.set(vector, index * vectors.dimensions);
  }
  return table;
}

function indexesOf(candidates: readonly Candidate[]): Map<string, number> {
  return new Map(candidates.map(({ id }, index) => [id, index]));
}

function meanOf(candidates: readonly Candidate[]): number {
  let observations = 0;
  let sum = 0;
  for (const candidate of candidates) {
    observations += candidate.observations;
    sum += candidate.surpriseSum;
  }
  return observations === 0 ? 0 : sum / observations;
}
