import type { Cluster } from "./cluster.ts";
import { isVariable, WILDCARD } from "./masked-body.ts";

/** Templates that differ from a body in plain words alone, from which on the word is taken for a variable part. */
const SIBLINGS_MAX = 6;
const PLAIN_WORD = /^[A-Za-z]+[.,;:]?$/;

interface Match {
  readonly cluster: Cluster;
  readonly similarity: number;
  /** Whether the two differ in a plain word. */
  readonly isSibling: boolean;
}

/**
 * The template that a body belongs to: the one with the highest similarity, on a tie the one with more wildcards.
 * Beyond Drain: bodies that differ in a plain word are different events ("VM paused", "VM resumed"), until there are so
 * many of them that the word must be a name.
 */
export function mostSimilar(
  clusters: ReadonlySet<Cluster>,
  tokens: readonly string[],
  similarityMin: number,
): Cluster | undefined {
  let best: Match | undefined;
  let bestSibling: Match | undefined;
  let siblings = 0;
  for (const cluster of clusters) {
    const match = compare(cluster, tokens, similarityMin);
    if (match === undefined) continue;
    if (match.isSibling) {
      siblings += 1;
      bestSibling = better(bestSibling, match);
    } else best = better(best, match);
  }
  return (best ?? (siblings >= SIBLINGS_MAX ? bestSibling : undefined))?.cluster;
}

function better(known: Match | undefined, other: Match): Match {
  if (known === undefined || other.similarity > known.similarity) return other;
  if (other.similarity < known.similarity) return known;
  const more = wildcardsOf(other.cluster) - wildcardsOf(known.cluster);
  // The same one over a restart, and whichever was used last.
  return more > 0 || (more === 0 && other.cluster.id < known.cluster.id) ? other : known;
}

/**
 * Similarity: the share of equal tokens (Drain, section III.D) among the positions that the template holds fixed.
 * Undefined as soon as it cannot reach the least one.
 */
function compare(cluster: Cluster, tokens: readonly string[], similarityMin: number): Match | undefined {
  let equal = cluster.fixedTokens;
  let isSibling = false;
  for (let i = 0; i < tokens.length; i += 1) {
    const known = cluster.tokens[i] ?? "";
    const token = tokens[i] ?? "";
    if (known === token || isVariable(known)) continue;
    equal -= 1;
    if (equal / cluster.fixedTokens < similarityMin) return undefined;
    isSibling ||= PLAIN_WORD.test(known) && PLAIN_WORD.test(token);
  }
  const similarity = cluster.fixedTokens === 0 ? 1 : equal / cluster.fixedTokens;
  return { cluster, similarity, isSibling };
}

function wildcardsOf(cluster: Cluster): number {
  return cluster.tokens.reduce((count, token) => count + (token === WILDCARD ? 1 : 0), 0);
}

/** The template with a wildcard wherever the tokens differ; the same array when they do not. */
export function merge(template: readonly string[], tokens: readonly string[]): readonly string[] {
  if (template.every((token, i) => token === WILDCARD || token === tokens[i])) return template;
  return template.map((token, i) => (token === tokens[i] ? token : WILDCARD));
}
