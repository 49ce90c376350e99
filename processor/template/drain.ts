import type { TemplateConfig } from "./config.ts";
import { WILDCARD } from "./masked-body.ts";
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
    const key = varies(token) ? WILDCARD : token;
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

/** Whether a leading token is likely to be another one in the next record: it has a masked part, or is a dotted name. */
function varies(token: string): boolean {
  return /<[A-Z*]+>|^[\w-]+(?:\.[\w-]+){2,}[:,]?$/.test(token);
}

/** Whether a masked token is nothing but a variable part. */
function isVariable(token: string): boolean {
  return token.charCodeAt(0) === 60 && /^<[A-Z*]+>$/.test(token);
}

/** Templates that differ from a body in plain words alone, from which on the word is taken for a variable part. */
const SIBLINGS_MAX = 6;
const PLAIN_WORD = /^[A-Za-z]+[.,;:]?$/;

/**
 * The template that a body belongs to: the first with the highest similarity, on a tie the one with more wildcards.
 * Beyond Drain: bodies that differ in a plain word are different events ("VM paused", "VM resumed"), until there are so
 * many of them that the word must be a name.
 */
function mostSimilar(
  clusters: ReadonlySet<Cluster>,
  tokens: readonly string[],
  similarityMin: number,
): Cluster | undefined {
  let best: Match | undefined;
  let bestSibling: Match | undefined;
  let siblings = 0;
  for (const cluster of clusters) {
    const { similarity, isSibling } = compare(cluster.tokens, tokens);
    if (similarity < similarityMin) continue;
    const match = { cluster, similarity };
    if (isSibling) {
      siblings += 1;
      bestSibling = better(bestSibling, match);
    } else best = better(best, match);
  }
  return (best ?? (siblings >= SIBLINGS_MAX ? bestSibling : undefined))?.cluster;
}

interface Match {
  readonly cluster: Cluster;
  readonly similarity: number;
}

function better(known: Match | undefined, other: Match): Match {
  if (known === undefined || other.similarity > known.similarity) return other;
  if (other.similarity < known.similarity) return known;
  return wildcardsOf(other.cluster) > wildcardsOf(known.cluster) ? other : known;
}

/** Share of equal tokens (Drain, section III.D) among the positions that the template holds fixed. */
function compare(
  template: readonly string[],
  tokens: readonly string[],
): { readonly similarity: number; readonly isSibling: boolean } {
  let equal = 0;
  let fixed = 0;
  let isSibling = false;
  for (let i = 0; i < tokens.length; i += 1) {
    const known = template[i] ?? "";
    const token = tokens[i] ?? "";
    if (isVariable(known)) continue;
    fixed += 1;
    if (known === token) equal += 1;
    else if (PLAIN_WORD.test(known) && PLAIN_WORD.test(token)) isSibling = true;
  }
  return { similarity: fixed === 0 ? 1 : equal / fixed, isSibling };
}

function wildcardsOf(cluster: Cluster): number {
  return cluster.tokens.reduce((count, token) => count + (token === WILDCARD ? 1 : 0), 0);
}

/** The template with a wildcard wherever the tokens differ; the same array when they do not. */
function merge(template: readonly string[], tokens: readonly string[]): readonly string[] {
  if (template.every((token, i) => token === WILDCARD || token === tokens[i])) return template;
  return template.map((token, i) => (token === tokens[i] ? token : WILDCARD));
}
