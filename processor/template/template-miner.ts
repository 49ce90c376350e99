import type { ParameterValue } from "./parameter-value.ts";

/** The template that a body belongs to. */
export interface TemplateMatch {
  /** Derived from the template's content when it was first mined, and kept when it generalises later,
   * so that restarts and replicas agree on it. */
  readonly templateId: string;
  /** The template's text now, variable parts as `<*>` or a typed placeholder such as `<IP>`. */
  readonly template: string;
  /** The variable parts, in order, until they have been learned from (see window/let-go.ts). Raw values: never to be stored, shown or
   * logged unredacted. */
  parameters: readonly string[];
  /** True for the record that created the template; an evicted template that comes back is not new. */
  readonly isNew: boolean;
  /** The first of the parameters, read; worked out by whoever asks first. */
  values?: readonly ParameterValue[] | undefined;
}

/** A template as it is kept outside of the parse tree. */
export interface StoredTemplate {
  readonly id: string;
  readonly tokens: readonly string[];
  readonly count: number;
  /** Where it was in the parse tree, which its tokens alone do not tell when a node was full; else they decide. */
  readonly branch?: readonly string[] | undefined;
}

/** What a miner keeps across restarts. `version` names the format. Every list has the least recently used first. */
export interface MinerSnapshot {
  readonly version: 1;
  readonly templates: Iterable<StoredTemplate>;
  /** Evicted, and brought back as they were when a body needs them. */
  readonly evicted: Iterable<StoredTemplate>;
  /** Ids of templates that were evicted or adopted: known once, so not new when they come back. */
  readonly tombstones: readonly string[];
}

/** Turns bodies into templates, online and in bounded memory. */
export interface TemplateMiner {
  mine(body: string): TemplateMatch;
  /** Takes over a template that an upstream stage has already mined (`log.record.template`). */
  adopt(template: string): TemplateMatch;
  snapshot(): MinerSnapshot;
  /** Templates that are new, came back or became more general since the last call: what a snapshot from before lacks. */
  changes(): readonly StoredTemplate[];
  /**
   * Takes in what other miners have found: a template that is known here becomes as general as both are. Whatever the order, and
   * however often, in which two miners take in each other's templates, they know the same ones then; of two that have come to read alike
   * both take the one with the lesser id.
   */
  absorb(templates: Iterable<StoredTemplate>): void;
  readonly templatesActive: number;
  readonly templatesEvicted: number;
}
