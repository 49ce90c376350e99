import { LRUCache } from "lru-cache";
import type { TemplateConfig } from "./config.ts";
import { createDrainTree } from "./drain.ts";
import { maskBody } from "./mask.ts";
import { parametersOf } from "./parameters.ts";
import { templateId } from "./template-id.ts";
import type { MinerSnapshot, TemplateMiner } from "./template-miner.ts";

/** Ids of evicted templates that are remembered, for each template in memory. */
const TOMBSTONES_PER_TEMPLATE = 4;

/** An online Drain miner in bounded memory; with a snapshot it goes on where another one stopped. */
export function createTemplateMiner(config: TemplateConfig, snapshot?: MinerSnapshot): TemplateMiner {
  const tombstones = new LRUCache<string, true>({ max: config.max_templates * TOMBSTONES_PER_TEMPLATE });
  let templatesEvicted = 0;
  const tree = createDrainTree(config, (cluster) => {
    tombstones.set(cluster.id, true);
    templatesEvicted += 1;
  });
  const adopted = new LRUCache<string, string>({ max: config.max_templates });
  for (const id of snapshot?.tombstones ?? []) tombstones.set(id, true);
  for (const { id, tokens, count } of snapshot?.templates ?? []) tree.insert(tokens, id, count);

  return {
    mine(body) {
      const { tokens, raw } = maskBody(body, config);
      const { cluster, isCreated } = tree.match(tokens);
      const isNew = isCreated && !tombstones.delete(cluster.id);
      return {
        templateId: cluster.id,
        template: cluster.text,
        parameters: parametersOf(cluster.tokens, raw),
        isNew,
      };
    },
    adopt(template) {
      const known = adopted.get(template);
      const id = known ?? templateId(template);
      if (known === undefined) adopted.set(template, id);
      const isNew = known === undefined && !tombstones.has(id);
      tombstones.set(id, true);
      return { templateId: id, template, parameters: [], isNew };
    },
    snapshot: () => ({
      version: 1,
      templates: [...tree.clusters()].map(({ id, tokens, count }) => ({ id, tokens, count })),
      tombstones: [...tombstones.keys()].reverse(),
    }),
    get templatesActive() {
      return tree.size + adopted.size;
    },
    get templatesEvicted() {
      return templatesEvicted;
    },
  };
}
