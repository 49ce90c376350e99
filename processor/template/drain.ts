import { type Cluster, createCluster, generalise } from "./cluster.ts";
import type { TemplateConfig } from "./config.ts";
import { createParseTree } from "./parse-tree.ts";
import { merge, mostSimilar } from "./similarity.ts";
import { type StateList, stateList } from "./state-list.ts";
import type { StoredTemplate } from "./template-miner.ts";

/** Templates in bounded memory, found by the masked tokens of a body (He et al.: Drain, ICWS 2017). */
export interface Drain {
  /** The template that masked tokens belong to. */
  find(tokens: readonly string[]): Cluster | undefined;
  /** The template with this id. */
  get(id: string): Cluster | undefined;
  /** Counts a body as one of the template; true when the template became more general, because the two differ. */
  join(cluster: Cluster, tokens: readonly string[]): boolean;
  /** Makes the template as general as it and other tokens are together; true when it was less so. */
  merge(cluster: Cluster, tokens: readonly string[]): boolean;
  /** Counts a body as one of the template, from which it does not differ. */
  use(cluster: Cluster): void;
  /** Changes with every template that is put in, taken out or made more general. */
  revision(): number;
  /** Puts in a template, in the branch that it names or else where `tokens` lead. Evicts what there is no room for. Ids are unique. */
  insert(template: StoredTemplate, tokens?: readonly string[]): Cluster;
  remove(cluster: Cluster): void;
  /** Every template, least recently used first. */
  stored(): StateList<StoredTemplate>;
  size(): number;
}

/** @param onEvict told of each template that had to leave */
export function createDrain(config: TemplateConfig, onEvict: (template: StoredTemplate) => void): Drain {
  const tree = createParseTree(config);
  const byId = new Map<string, Cluster>();

  let revision = 0;

  const remove = (cluster: Cluster) => {
    revision += 1;
    byId.delete(cluster.id);
    cluster.leaf.clusters.delete(cluster);
    if (cluster.leaf.clusters.size === 0) tree.prune(cluster.leaf, cluster.tokens.length);
  };

  const mergeInto = (cluster: Cluster, tokens: readonly string[]): boolean => {
    const merged = merge(cluster.tokens, tokens);
    if (merged === cluster.tokens) return false;
    revision += 1;
    generalise(cluster, merged);
    return true;
  };

  const use = (cluster: Cluster) => {
    cluster.count += 1;
    byId.delete(cluster.id);
    byId.set(cluster.id, cluster);
    cluster.leaf.clusters.delete(cluster);
    cluster.leaf.clusters.add(cluster);
  };

  const evictOldest = ([oldest]: Iterable<Cluster>) => {
    if (oldest === undefined) return;
    remove(oldest);
    onEvict(storedOf(oldest));
  };

  return {
    remove,
    get: (id) => byId.get(id),
    find(tokens) {
      const leaf = tree.find(tokens);
      return leaf && mostSimilar(leaf.clusters, tokens, config.similarity);
    },
    merge: mergeInto,
    join(cluster, tokens) {
      const isOther = mergeInto(cluster, tokens);
      use(cluster);
      return isOther;
    },
    use,
    revision() {
      return revision;
    },
    insert(template, tokens = template.tokens) {
      const sameId = byId.get(template.id);
      if (sameId !== undefined) remove(sameId);
      revision += 1;
      const leaf = template.branch ? tree.openBranch(tokens, template.branch) : tree.open(tokens);
      const cluster = createCluster(template, leaf);
      byId.set(cluster.id, cluster);
      if (leaf.clusters.size > config.max_leaf_templates) evictOldest(leaf.clusters);
      if (byId.size > config.max_templates) evictOldest(byId.values());
      return cluster;
    },
    stored: () => stateList(byId.values(), storedOf),
    size() {
      return byId.size;
    },
  };
}

/** A template as it is kept outside of the parse tree. */
export function storedOf({ id, tokens, count, leaf }: Cluster): StoredTemplate {
  return { id, tokens, count, branch: leaf.branch };
}
