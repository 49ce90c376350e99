import { holdsVariable, isVariable } from "./masked-body.ts";
import type { StoredTemplate } from "./template-miner.ts";

/** A node of the parse tree where templates are. */
export interface Leaf {
  /** The keys on the way to it, below the token count. */
  readonly branch: readonly string[];
  /** Least recently used first. */
  readonly clusters: Set<Cluster>;
}

/** A template in its leaf of the parse tree. */
export interface Cluster {
  readonly id: string;
  readonly leaf: Leaf;
  count: number;
  tokens: readonly string[];
  /** `tokens` joined by blanks. */
  text: string;
  /** How many of `tokens` are no variable part. */
  fixedTokens: number;
  /** Indexes of the `tokens` that are, or hold, a variable part, ascending. */
  variables: readonly number[];
}

/** Puts a template into a leaf, as the one that was used last. */
export function createCluster({ id, tokens, count }: StoredTemplate, leaf: Leaf): Cluster {
  const cluster = { id, leaf, count, ...readingOf(tokens) };
  leaf.clusters.add(cluster);
  return cluster;
}

/** Replaces the tokens of a template that became more general. */
export function generalise(cluster: Cluster, tokens: readonly string[]): void {
  Object.assign(cluster, readingOf(tokens));
}

function readingOf(
  tokens: readonly string[],
): Pick<Cluster, "tokens" | "text" | "fixedTokens" | "variables"> {
  return {
    tokens,
    text: tokens.join(" "),
    fixedTokens: tokens.filter((token) => !isVariable(token)).length,
    variables: tokens.flatMap((token, index) => (holdsVariable(token) ? [index] : [])),
  };
}
