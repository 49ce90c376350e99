import type { TemplateConfig } from "./config.ts";
import { WILDCARD } from "./mask.ts";
import { templateId } from "./template-id.ts";

/** A template and how often it was seen. */
export interface Cluster {
  readonly id: string;
  tokens: readonly string[];
  /** `tokens` joined by blanks. */
  text: string;
  count: number;
  readonly leaf: Leaf;
}

interface Leaf {
  /** Least recently used first. */
  readonly clusters: Set<Cluster>;
}

interface Node {
  readonly children: Map<string, Node>;
  readonly leaf: Leaf;
}

/** The tree of Drain: root, token count, leading tokens, then a leaf that is searched for the most similar template. */
export interface DrainTree {
  /** The template that masked tokens belong to; it is created, or generalised, where that is needed. */
  match(tokens: readonly string[]): { readonly cluster: Cluster; readonly isCreated: boolean };
  /** Puts a template back as it was, or adopts one that somebody else mined. */
  insert(tokens: readonly string[], id: string, count: number): Cluster;
  /** Every template, least recently used first. */
  clusters(): Iterable<Cluster>;
  readonly size: number;
}

/** @param onEvict told of each template that leaves, so that it is not taken for new when it comes back */
export function createDrainTree(config: TemplateConfig, onEvict: (cluster: Cluster) => void): DrainTree {
  const root: Map<number, Node> = new Map();
  const all = new Set<Cluster>();

  const evict = (cluster: Cluster) => {
    all.delete(cluster);
    cluster.leaf.clusters.delete(cluster);
    onEvict(cluster);
  };

  const touch = (cluster: Cluster) => {
    all.delete(cluster);
    all.add(cluster);
    cluster.leaf.clusters.delete(cluster);
    cluster.leaf.clusters.add(cluster);
  };

  const insert = (tokens: readonly string[], id: string, count: number) => {
    const leaf = leafFor(root, tokens, config);
    const [oldestOfLeaf] = leaf.clusters;
    if (oldestOfLeaf !== undefined && leaf.clusters.size >= config.max_leaf_templates) evict(oldestOfLeaf);
    const [oldest] = all;
    if (oldest !== undefined && all.size >= config.max_templates) evict(oldest);
    const cluster: Cluster = { id, tokens, text: tokens.join(" "), count, leaf };
    leaf.clusters.add(cluster);
    all.add(cluster);
    return cluster;
  };

  return {
    insert,
    clusters: () => all,
    get size() {
      return all.size;
    },
    match(tokens) {
      const best = mostSimilar(leafFor(root, tokens, config).clusters, tokens, config.similarity);
      if (best === undefined)
        return { cluster: insert(tokens, templateId(tokens.join(" ")), 1), isCreated: true };
      const merged = merge(best.tokens, tokens);
      if (merged !== best.tokens) {
        best.tokens = merged;
        best.text = merged.join(" ");
      }
      best.count += 1;
      touch(best);
      return { cluster: best, isCreated: false };
    },
  };
}

function leafFor(root: Map<number, Node>, tokens: readonly string[], config: TemplateConfig): Leaf {
  let node = root.get(tokens.length);
  if (node === undefined) {
    node = createNode();
    root.set(tokens.length, node);
  }
  const levels = Math.min(config.depth - 2, tokens.length);
  for (let level = 0; level < levels; level += 1) {
    const token = tokens[level] ?? "";
    // A leading token that varies is no branch of its own (Drain, section III.C).
    const key = isVariable(token) ? WILDCARD : token;
    node = childOf(node, key, config.max_children);
  }
  return node.leaf;
}

function childOf(node: Node, key: string, childrenMax: number): Node {
  const known = node.children.get(key);
  if (known !== undefined) return known;
  const chosen = node.children.size < childrenMax - 1 ? key : WILDCARD;
  const existing = node.children.get(chosen);
  if (existing !== undefined) return existing;
  const created = createNode();
  node.children.set(chosen, created);
  return created;
}

function createNode(): Node {
  return { children: new Map(), leaf: { clusters: new Set() } };
}

/** Whether a masked token is nothing but a variable part. */
function isVariable(token: string): boolean {
  return token.charCodeAt(0) === 60 && /^<[A-Z*]+>$/.test(token);
}

/** The first of the templates with the highest share of equal tokens, when that is high enough; on a tie the one with more wildcards. */
function mostSimilar(
  clusters: ReadonlySet<Cluster>,
  tokens: readonly string[],
  similarity: number,
): Cluster | undefined {
  let best: Cluster | undefined;
  let bestScore = -1;
  for (const cluster of clusters) {
    const score = similarityOf(cluster.tokens, tokens);
    if (score < similarity || score < bestScore) continue;
    if (score > bestScore || wildcardsOf(cluster) > (best === undefined ? 0 : wildcardsOf(best))) {
      best = cluster;
      bestScore = score;
    }
  }
  return best;
}

/** Share of positions with the same token (Drain, section III.D); a body without tokens equals another. */
function similarityOf(template: readonly string[], tokens: readonly string[]): number {
  if (tokens.length === 0) return 1;
  let equal = 0;
  for (let i = 0; i < tokens.length; i += 1) if (template[i] === tokens[i]) equal += 1;
  return equal / tokens.length;
}

function wildcardsOf(cluster: Cluster): number {
  return cluster.tokens.reduce((count, token) => count + (token === WILDCARD ? 1 : 0), 0);
}

/** The template with a wildcard wherever the tokens differ; the same array when they do not. */
function merge(template: readonly string[], tokens: readonly string[]): readonly string[] {
  if (template.every((token, i) => token === WILDCARD || token === tokens[i])) return template;
  return template.map((token, i) => (token === tokens[i] ? token : WILDCARD));
}
