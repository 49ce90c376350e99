import { createBodyReader, type FindValues, type KnownBody } from "./body-reader.ts";
import { createChanges } from "./changes.ts";
import type { Cluster } from "./cluster.ts";
import type { TemplateConfig } from "./config.ts";
import { createDrain, type Drain, storedOf } from "./drain.ts";
import { createKnownIds, type KnownIds } from "./known-ids.ts";
import type { FindHidden } from "./redact-tokens.ts";
import { createShownTemplate, shownSnapshot, shownTemplates } from "./shown-templates.ts";
import { templateId } from "./template-id.ts";
import type { MinerSnapshot, StoredTemplate, TemplateMatch, TemplateMiner } from "./template-miner.ts";

/** Ids of evicted templates that are remembered, for each template in memory. */
const TOMBSTONES_PER_TEMPLATE = 4;
/** What a miner may be handed. */
export interface MinerPorts {
  readonly snapshot?: MinerSnapshot | undefined;
  /** What no template may show, of what is not masked anyway; nothing by default. Without it a template holds the words of a line that
   * came only once. */
  readonly findHidden?: FindHidden;
  /** What no template may show that somebody else has mined, who may have masked nothing. */
  readonly findHiddenInAdopted?: FindHidden;
  /** Where values stand that are never given as parameters. */
  readonly findValues?: FindValues;
  /** Whether a body hides what others that are masked alike may not, such as a number of so many digits. */
  readonly isReadAlone?: (body: string) => boolean;
}

/**
 * An online Drain miner in bounded memory; with a snapshot it goes on where another one stopped.
 * A template that is evicted goes to an attic of the same size, where only bodies look that have no template: what comes
 * back from there keeps its id and its wildcards. Of what leaves the attic the id alone is remembered.
 */
export function createTemplateMiner(
  config: TemplateConfig,
  {
    snapshot,
    findHidden = () => [],
    findHiddenInAdopted = findHidden,
    findValues,
    isReadAlone,
  }: MinerPorts = {},
): TemplateMiner {
  const tombstones = createKnownIds(config.max_templates * TOMBSTONES_PER_TEMPLATE);
  const adopted = createKnownIds(config.max_templates);
  const shown = createShownTemplate(findHiddenInAdopted, config.max_body_characters);
  const reader = createBodyReader(config, { findHidden, findValues, isReadAlone });
  let templatesEvicted = 0;
  const attic = createDrain(config, () => {});
  const active = createDrain(config, (template) => {
    attic.insert(template);
    tombstones.add(template.id);
    templatesEvicted += 1;
  });
  const changes = createChanges(config.max_templates);
  if (snapshot !== undefined) load(shownSnapshot(snapshot, findHidden), { active, attic, tombstones });

  const bringBack = (evicted: Cluster, tokens: readonly string[]): Cluster => {
    attic.remove(evicted);
    return active.insert({ id: evicted.id, count: evicted.count, tokens: evicted.tokens }, tokens);
  };

  // By id too: a body that founded a template belongs to it, also where a full tree node has hidden the one from the other.
  const withoutMatch = (
    tokens: readonly string[],
  ): { readonly cluster: Cluster; readonly isNew: boolean } => {
    const id = templateId(tokens.join(" "));
    const evicted = attic.find(tokens) ?? attic.get(id);
    const known = evicted === undefined ? active.get(id) : bringBack(evicted, tokens);
    if (known !== undefined) return { cluster: known, isNew: false };
    // Cloned, because a token that is cut out of a body keeps the whole body in memory.
    const cluster = active.insert({ id, tokens: structuredClone(tokens), count: 0 });
    return { cluster, isNew: !tombstones.delete(id) };
  };

  /** As long as no template has changed, bodies that read alike go where the one before them went. */
  const clusterOf = (body: KnownBody): { readonly cluster: Cluster; readonly isNew: boolean } => {
    if (body.cluster !== undefined && body.revision === active.revision()) {
      active.use(body.cluster);
      return { cluster: body.cluster, isNew: false };
    }
    const { tokens } = body;
    const match = active.find(tokens);
    const found = match ? { cluster: match, isNew: false } : withoutMatch(tokens);
    if (active.join(found.cluster, tokens) || match === undefined) changes.note(found.cluster);
    body.cluster = found.cluster;
    body.revision = active.revision();
    return found;
  };

  return {
    mine(body) {
      const { cluster, isNew } = clusterOf(reader.read(body));
      return {
        templateId: cluster.id,
        template: cluster.text,
        parameters: reader.texts(cluster.variables),
        isNew,
        values: undefined,
      };
    },
    adopt: (template) => adopt(shown(template), adopted, tombstones),
    snapshot: () => ({
      version: 1,
      templates: active.stored(),
      evicted: attic.stored(),
      tombstones: [...tombstones],
    }),
    absorb: (templates) => absorb(shownTemplates(templates, findHidden), active, attic),
    changes: () =>
      changes
        .take()
        .filter((cluster) => active.get(cluster.id) === cluster)
        .map(storedOf),
    get templatesActive() {
      return active.size() + adopted.size();
    },
    get templatesEvicted() {
      return templatesEvicted;
    },
  };
}

/** What was brought back after it had been evicted is in the later list. */
function load(
  { templates, evicted, tombstones: known }: MinerSnapshot,
  { active, attic, tombstones }: Readonly<Record<"active" | "attic", Drain>> & { tombstones: KnownIds },
): void {
  for (const id of known) tombstones.add(id);
  for (const template of evicted) attic.insert(template);
  for (const template of templates) {
    const broughtBack = attic.get(template.id);
    if (broughtBack !== undefined) attic.remove(broughtBack);
    active.insert(template);
  }
}

function absorb(templates: Iterable<StoredTemplate>, active: Drain, attic: Drain): void {
  for (const template of templates) {
    const place = attic.get(template.id) === undefined ? active : attic;
    const known = place.get(template.id);
    if (known === undefined) place.insert({ ...template, count: 0 });
    else place.merge(known, template.tokens);
  }
}

function adopt(template: string, adopted: KnownIds, tombstones: KnownIds): TemplateMatch {
  const id = templateId(template);
  const isNew = !adopted.has(id) && !tombstones.has(id);
  adopted.add(id);
  tombstones.add(id);
  return { templateId: id, template, parameters: [], isNew, values: undefined };
}
