import type { Leaf } from "./cluster.ts";
import type { TemplateConfig } from "./config.ts";
import { WILDCARD } from "./masked-body.ts";

/**
 * The fixed-depth tree of Drain (section III): token count, then `depth - 2` leading tokens, then a leaf.
 * A node is there only as long as a template is below it, so hostile leading tokens cost no more than templates do.
 */
export interface ParseTree {
  /** The leaf that tokens lead to, when there is one. */
  find(tokens: readonly string[]): Leaf | undefined;
  /** The leaf that tokens lead to, created where it is missing. */
  open(tokens: readonly string[]): Leaf;
  /** The leaf of a known branch, as `open` once chose it; of the tokens when the tree has another depth now. */
  openBranch(tokens: readonly string[], branch: readonly string[]): Leaf;
  /** Takes out a leaf that has no template any more, and the nodes above it that hold nothing else. */
  prune(leaf: Leaf, tokenCount: number): void;
}

interface Node {
  readonly children: Map<string, Node>;
  readonly leaf: Leaf;
}

/** Key of the branch for what a full node has no other branch for. No token is empty. */
const OVERFLOW = "";

/** Builds an empty parse tree. */
export function createParseTree({
  depth,
  max_children,
}: Pick<TemplateConfig, "depth" | "max_children">): ParseTree {
  const roots = new Map<number, Node>();
  const levelsOf = (tokens: readonly string[]) => Math.min(depth - 2, tokens.length);

  const openBranch = (tokenCount: number, branch: readonly string[]) => {
    let node = roots.get(tokenCount) ?? createNode([]);
    roots.set(tokenCount, node);
    for (const key of branch) {
      const child = node.children.get(key) ?? createNode([...node.leaf.branch, key]);
      node.children.set(key, child);
      node = child;
    }
    return node.leaf;
  };

  const open = (tokens: readonly string[]) => {
    let node = roots.get(tokens.length);
    const branch: string[] = [];
    for (let level = 0; level < levelsOf(tokens); level += 1) {
      const key =
        node === undefined ? keyOf(tokens[level]) : childKey(node, keyOf(tokens[level]), max_children);
      branch.push(key);
      node = node?.children.get(key);
    }
    return openBranch(tokens.length, branch);
  };

  return {
    open,
    openBranch: (tokens, branch) =>
      branch.length === levelsOf(tokens) ? openBranch(tokens.length, branch) : open(tokens),
    find(tokens) {
      let node = roots.get(tokens.length);
      for (let level = 0; level < levelsOf(tokens); level += 1)
        node = node?.children.get(keyOf(tokens[level])) ?? node?.children.get(OVERFLOW);
      return node?.leaf;
    },
    prune(leaf, tokenCount) {
      const root = roots.get(tokenCount);
      if (root !== undefined && pruneBelow(root, leaf.branch)) roots.delete(tokenCount);
    },
  };
}

function createNode(branch: readonly string[]): Node {
  return { children: new Map(), leaf: { branch, clusters: new Set() } };
}

/**
 * The child that a key leads to. A key without a branch goes to the overflow as long as there is one, even when a branch
 * has become free meanwhile: a template there must be found again.
 */
function childKey(node: Node, key: string, childrenMax: number): string {
  if (node.children.has(key)) return key;
  const isFull = node.children.has(OVERFLOW) || node.children.size >= childrenMax - 1;
  return isFull ? OVERFLOW : key;
}

/** Whether the node holds nothing any more. */
function pruneBelow(node: Node, branch: readonly string[]): boolean {
  const [key, ...rest] = branch;
  const child = key === undefined ? undefined : node.children.get(key);
  if (key !== undefined && child !== undefined && pruneBelow(child, rest)) node.children.delete(key);
  return node.children.size === 0 && node.leaf.clusters.size === 0;
}

/** A leading token that varies is no branch of its own (Drain, section III.C). */
function keyOf(token = ""): string {
  return VARYING.test(token) ? WILDCARD : token;
}

/** Likely to be another one in the next record: it has a masked part, or is a dotted name. */
const VARYING = /<[A-Z*]+>|^[\w-]+(?:\.[\w-]+){2,}[:,]?$/;
