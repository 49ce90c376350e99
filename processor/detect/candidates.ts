import { z } from "zod";
import type { CandidateTable } from "./event-scorer.ts";
import { addValue, emptyMean, type FadedMean, meanNear, meanOrZero } from "./faded-mean.ts";
import type { VectorCache } from "./vector-cache.ts";

/** So many that two are never the same, and far from where whole numbers end. */
const REVISION_FIRST_MAX = 2 ** 52;

interface Candidate {
  readonly id: string;
  text: string;
  /** How many events had been learned when it was last learned. */
  learnedAt: number;
  /** Of the weights in use. */
  surprise: FadedMean;
}

/** A service's candidates as JSON: [id, text, observations, sum of surprises], least recently learned first. */
export const candidatesState = z.array(
  z.tuple([z.string(), z.string(), z.number().min(0), z.number().min(0)]),
);
export type CandidatesState = z.infer<typeof candidatesState>;

/** Where what the model knows of a service's templates comes from. */
export interface CandidateSource {
  readonly vectors: VectorCache;
  /** Name of the weights in use, to which the residuals belong. */
  model(): string;
  /** What training on the service's own logs added to a template. */
  residual(template: string): Float32Array | undefined;
}

/** The templates of one service that the event model chooses between, and how surprising each usually is. */
export interface Candidates {
  /** Position in the table, or undefined for a template that the service has not written before. */
  indexOf(templateId: string): number | undefined;
  /** By index. The list itself never changes: what is learned later is in another one. */
  texts(): readonly string[];
  size(): number;
  /** Changes whenever an index or a text stands for something else; no two candidates ever have the same. */
  revision(): number;
  /** Texts whose vectors `table` is going to ask for; none while the table stands. */
  textsForTable(): readonly string[];
  /** In the order of their indexes; zeros for a text whose vector was not ensured. */
  table(): CandidateTable;
  /** The surprise that an event of this candidate has on average for the weights in use; of what is none, the mean over the
   * service. */
  usualSurprise(index: number): number;
  /** @param surprise undefined where the weights in use did not judge the event */
  learn(templateId: string, text: string, surprise: number | undefined): void;
  snapshot(): CandidatesState;
}

/**
 * @param candidatesMax over it the least recently learned one is forgotten
 * @param stateModel the weights whose surprises the state has; undefined: those in use
 */
export function createCandidates(
  candidatesMax: number,
  source: CandidateSource,
  state: CandidatesState = [],
  stateModel = source.model(),
): Candidates {
  const candidates = fromState(state);
  const indexes = new Map(candidates.map(({ id }, index) => [id, index]));
  let learned = candidates.length;
  // Begins anywhere: what is remembered of a service that was forgotten must be nothing to the same one when it comes again.
  let revision = Math.floor(Math.random() * REVISION_FIRST_MAX);
  const table = createKeptTable(source);
  let texts: readonly string[] | undefined;
  /** Of all surprises; undefined once something has been learned. */
  let mean: number | undefined;
  let model = stateModel;

  /** What surprised other weights tells nothing of what surprises those in use. */
  const followModel = () => {
    if (source.model() === model) return;
    model = source.model();
    mean = undefined;
    for (const candidate of candidates) candidate.surprise = emptyMean();
  };
  const changed = () => {
    revision += 1;
    texts = undefined;
    table.forget();
  };
  /** A new one takes the place of the least recently learned one where there is no room. */
  const touch = (id: string, text: string): Candidate => {
    learned += 1;
    const known = candidates[indexes.get(id) ?? -1];
    if (known !== undefined) {
      known.learnedAt = learned;
      return known;
    }
    const index = candidates.length < candidatesMax ? candidates.length : leastRecent(candidates);
    indexes.delete(candidates[index]?.id ?? "");
    const added: Candidate = { id, text, learnedAt: learned, surprise: emptyMean() };
    candidates[index] = added;
    indexes.set(id, index);
    changed();
    return added;
  };
  const textsNow = () => (texts ??= candidates.map(({ text }) => text));

  return {
    indexOf: (templateId) => indexes.get(templateId),
    texts: textsNow,
    size() {
      return candidates.length;
    },
    revision() {
      return revision;
    },
    textsForTable: () => (table.isKept() ? [] : textsNow()),
    table: () => table.of(textsNow()),
    usualSurprise(index) {
      followModel();
      mean ??= meanOf(candidates);
      const known = candidates[index];
      return known === undefined ? mean : meanNear(known.surprise, mean);
    },
    learn(templateId, text, surprise) {
      const candidate = touch(templateId, text);
      if (candidate.text !== text) {
        candidate.text = text;
        changed();
      }
      mean = undefined;
      followModel();
      if (surprise !== undefined) addValue(candidate.surprise, surprise);
    },
    snapshot() {
      followModel();
      return candidates
        .toSorted((a, b) => a.learnedAt - b.learnedAt)
        .map(({ id, text, surprise }) => [id, text, surprise.observations, surprise.sum]);
    },
  };
}

function fromState(state: CandidatesState): Candidate[] {
  return state.map(([id, text, observations, sum], learnedAt) => ({
    id,
    text,
    learnedAt,
    surprise: { observations, sum },
  }));
}

/** The table of candidates that do not change, built once; zeros for a text whose vector was not ensured are not kept. */
function createKeptTable(source: CandidateSource) {
  let kept: { readonly table: CandidateTable; readonly model: string } | undefined;
  return {
    isKept: () => kept !== undefined,
    forget() {
      kept = undefined;
    },
    of(texts: readonly string[]): CandidateTable {
      const model = source.model();
      if (kept === undefined) {
        const table = candidateTable(texts, source);
        if (texts.every((text) => source.vectors.of(text) !== undefined)) kept = { table, model };
        return table;
      }
      // Other weights have other residuals; the texts mean what they meant.
      if (kept.model !== model) kept = { table: withResiduals(kept.table.vectors, texts, source), model };
      return kept.table;
    },
  };
}

/** What the model is shown of these templates; zeros for a text whose vector was not ensured. */
export function candidateTable(texts: readonly string[], source: CandidateSource): CandidateTable {
  const { vectors } = source;
  const table = new Float32Array(texts.length * vectors.dimensions);
  for (const [index, text] of texts.entries()) {
    const vector = vectors.of(text);
    if (vector !== undefined) table.set(vector, index * vectors.dimensions);
  }
  return withResiduals(table, texts, source);
}

function withResiduals(
  vectors: Float32Array,
  texts: readonly string[],
  { residual }: Pick<CandidateSource, "residual">,
): CandidateTable {
  return { vectors, residuals: residualsOf(texts.map(residual)) };
}

/** One table behind the other. */
export function joinTables(
  a: CandidateTable,
  b: CandidateTable,
  { vectors }: Pick<CandidateSource, "vectors">,
): CandidateTable {
  const sizeOf = (table: CandidateTable) => table.vectors.length / vectors.dimensions;
  const width = Math.max(
    ...[a, b].map((table) => (table.residuals?.length ?? 0) / Math.max(1, sizeOf(table))),
  );
  const residualsOrZeros = (table: CandidateTable) =>
    table.residuals ?? new Float32Array(sizeOf(table) * width);
  return {
    vectors: joined(a.vectors, b.vectors),
    residuals: width === 0 ? undefined : joined(residualsOrZeros(a), residualsOrZeros(b)),
  };
}

function residualsOf(rows: readonly (Float32Array | undefined)[]): Float32Array | undefined {
  const width = rows.find((row) => row !== undefined)?.length;
  if (width === undefined) return undefined;
  const residuals = new Float32Array(rows.length * width);
  for (const [index, row] of rows.entries()) if (row !== undefined) residuals.set(row, index * width);
  return residuals;
}

function joined(a: Float32Array, b: Float32Array): Float32Array {
  const both = new Float32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** Index of the candidate that was learned longest ago. */
function leastRecent(candidates: readonly Candidate[]): number {
  let least = 0;
  for (const [index, { learnedAt }] of candidates.entries())
    if (learnedAt < (candidates[least]?.learnedAt ?? 0)) least = index;
  return least;
}

function meanOf(candidates: readonly Candidate[]): number {
  const all = emptyMean();
  for (const { surprise } of candidates) {
    all.observations += surprise.observations;
    all.sum += surprise.sum;
  }
  return meanOrZero(all);
}
