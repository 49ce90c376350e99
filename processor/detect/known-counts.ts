import { z } from "zod";
import type { Session } from "../window/sequence-window.ts";
import { type CountedTemplate, distancesTo } from "./count-distance.ts";
import { localSpread, NEIGHBOURHOOD_FROM } from "./local-spread.ts";
import { createRecentVectors } from "./recent-vectors.ts";
import { forEachCount, type SparseCounts, sparseCounts } from "./sparse-counts.ts";
import { createWithheldSessions, type WithheldSessions } from "./withheld-sessions.ts";
import type { WorkBudget } from "./work-budget.ts";

/** The spread is measured anew when this share of the vectors has changed. */
const CHANGED_SHARE = 0.1;

/** Bounds of one service's vectors. */
export interface KnownCountsLimits {
  /** Distinct vectors; over it the least recently seen one is forgotten. */
  readonly vectorsMax: number;
  /** Templates told apart in them. */
  readonly templatesMax: number;
}

/** One service's vectors as JSON: templates as [id, text, spread], vectors as flat [template index, count, ...],
 * least recently seen first. */
export const knownCountsState = z
  .strictObject({
    templates: z.array(z.tuple([z.string(), z.string(), z.number().min(0)])),
    vectors: z.array(z.array(z.int().min(0).max(0x7fffffff))),
    changed: z.int().min(0),
  })
  .superRefine(({ templates, vectors }, context) => {
    for (const [index, vector] of vectors.entries()) {
      const problem = vectorProblem(vector, templates.length);
      if (problem !== undefined)
        context.addIssue({ code: "custom", path: ["vectors", index], message: problem });
    }
  });
export type KnownCountsState = z.infer<typeof knownCountsState>;

/** The count vectors of one service's sessions. */
export interface KnownCounts extends WithheldSessions {
  /** See distancesTo; for one request, as what is learned later does not count. */
  distances(budget: WorkBudget): ReturnType<typeof distancesTo>;
  /** @param sessions some of one service that ended together: the spread is measured at most once for them */
  learn(sessions: readonly Session[]): void;
  /** Numbers kept. */
  size(): number;
  snapshot(): KnownCountsState;
}

/**
 * Nearest neighbour among the distinct count vectors, under an L1 distance that is scaled by how much each template varies
 * among sessions that are alike. Count vectors and L1: Landauer, Skopik, Wurzenberger, FSE 2024.
 */
export function createKnownCounts(
  { vectorsMax, templatesMax }: KnownCountsLimits,
  state?: KnownCountsState,
): KnownCounts {
  let templates: CountedTemplate[] = (state?.templates ?? []).map(([id, text, spread]) => ({
    id,
    text,
    spread,
  }));
  let indexes = new Map(templates.map(({ id }, index) => [id, index]));
  let vectors = createRecentVectors(
    vectorsMax,
    (state?.vectors ?? []).slice(-vectorsMax).map((vector) => Int32Array.from(vector)),
  );
  let changed = state?.changed ?? 0;

  const intern = (id: string, text: string): number => {
    const known = indexes.get(id);
    if (known === undefined) {
      indexes.set(id, templates.length);
      return templates.push({ id, text, spread: 0 }) - 1;
    }
    const template = templates[known];
    if (template !== undefined) template.text = text;
    return known;
  };

  const forgetTemplates = () => {
    const kept = withinTemplates(templates, vectors.values(), templatesMax / 2);
    templates = [...kept.templates];
    indexes = new Map(templates.map(({ id }, index) => [id, index]));
    vectors = createRecentVectors(vectorsMax, kept.vectors);
  };

  const followChanges = () => {
    const packed = vectors.packed();
    const isFew = packed.count <= NEIGHBOURHOOD_FROM;
    if (changed <= (isFew ? 0 : CHANGED_SHARE * packed.count)) return;
    const spread = localSpread(packed, templates.length);
    for (const [index, template] of templates.entries()) template.spread = spread[index] ?? 0;
    changed = 0;
  };

  return {
    ...createWithheldSessions(vectorsMax),
    size() {
      return vectors.numbersKept() + templates.length;
    },
    distances: (budget) => distancesTo({ vectors, templates, indexes }, budget),
    learn(sessions) {
      for (const { counts } of sessions) {
        const pairs = [...counts].map(([id, { template, count }]) => [intern(id, template), count] as const);
        if (vectors.keep(sparseCounts(pairs))) changed += 1;
        if (templates.length > templatesMax) forgetTemplates();
      }
      followChanges();
    },
    snapshot: () => ({
      templates: templates.map(({ id, text, spread }) => [id, text, spread]),
      vectors: vectors.values().map((vector) => [...vector]),
      changed,
    }),
  };
}

/** The newest vectors, as many as hold at most `templatesMax` templates together (one at least), and these templates. */
function withinTemplates(
  templates: readonly CountedTemplate[],
  vectors: readonly SparseCounts[],
  templatesMax: number,
): { readonly templates: readonly CountedTemplate[]; readonly vectors: readonly SparseCounts[] } {
  const renamed = new Map<number, number>();
  const kept: SparseCounts[] = [];
  for (const vector of vectors.toReversed()) {
    const strangers = new Set<number>();
    forEachCount(vector, (index) => renamed.has(index) || strangers.add(index));
    if (kept.length > 0 && renamed.size + strangers.size > templatesMax) break;
    for (const index of strangers) renamed.set(index, renamed.size);
    kept.push(vector);
  }
  return {
    templates: [...renamed.keys()].flatMap((index) => templates[index] ?? []),
    vectors: kept.reverse().map((vector) => {
      const pairs: [number, number][] = [];
      forEachCount(vector, (index, count) => pairs.push([renamed.get(index) ?? 0, count]));
      return sparseCounts(pairs);
    }),
  };
}

function vectorProblem(vector: readonly number[], templates: number): string | undefined {
  if (vector.length % 2 === 1) return "must hold pairs of template index and count";
  for (let i = 0; i < vector.length; i += 2) {
    if ((vector[i] ?? 0) >= templates) return `names template ${vector[i]} of ${templates}`;
    if (i > 0 && (vector[i] ?? 0) <= (vector[i - 2] ?? 0)) return "must name templates in ascending order";
    if ((vector[i + 1] ?? 0) < 1) return "must hold counts of 1 or more";
  }
  return undefined;
}
