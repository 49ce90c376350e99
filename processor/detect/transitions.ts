import { z } from "zod";
import {
  add,
  CONTEXT_BOUNDS,
  type Context,
  contextFor,
  halve,
  KEY_BASE,
  keyOf,
  rename,
  renameAll,
  SINGLE_BOUNDS,
} from "./context-counts.ts";
import type { Expectation, Order } from "./evidence.ts";

/** Tokens that stand for no template. */
export const BEGIN = 0;
export const END = 1;
/** A template that these statistics have not seen. */
export const UNSEEN = -1;
const FIRST_TEMPLATE = 2;

/** Bounds of one service's table. */
export interface TransitionLimits {
  readonly templatesMax: number;
  readonly contextsMax: number;
}

/** What comes more often than this comes mostly. */
const MOSTLY_SHARE = 0.5;

const pairs = z.array(z.tuple([z.int(), z.int().min(0)]));
const contextState = z.tuple([z.int(), z.int().min(0), pairs]);

/** One service's table as JSON: template ids and texts by token, then contexts as [key, total, followers]. */
export const transitionsState = z.strictObject({
  templates: z.array(z.tuple([z.string(), z.string()])).max(KEY_BASE - FIRST_TEMPLATE),
  single: z.tuple([z.int().min(0), pairs]),
  contexts: z.array(contextState),
});
export type TransitionsState = z.infer<typeof transitionsState>;

/** One service's transition counts of order 0, 1 and 2. A context's token is undefined where it is not known. */
export interface Transitions {
  token(templateId: string): number;
  /** The text of a token's template; undefined for one that stands for none. */
  text(token: number): string | undefined;
  /** P(next | before, last), interpolated over the orders; 0 for a template that was never seen. */
  probability(next: number, last: number | undefined, before: number | undefined): number;
  /** The most probable followers, at most three. */
  expected(last: number | undefined, before: number | undefined): readonly Expectation[];
  /** How often `next` came right after `last`; undefined where nothing did. */
  order(next: number, last: number | undefined, before: number | undefined): Order | undefined;
  /** Counts one transition. */
  count(next: number, last: number | undefined, before: number | undefined): void;
  /** Forgets what is rare where a limit has been reached. Tokens from before are void. */
  makeRoom(): void;
  /** The token of a template, new if need be. */
  intern(templateId: string, template: string): number;
  /** Contexts of one and two templates. */
  size(): number;
  snapshot(): TransitionsState;
}

interface Tables {
  readonly tokens: Map<string, number>;
  /** By token, from FIRST_TEMPLATE on. */
  readonly templates: { readonly id: string; text: string }[];
  readonly contexts: Map<number, Context>;
  readonly single: Context;
}

/**
 * Interpolated Witten-Bell smoothing (Witten and Bell 1991; Chen and Goodman 1999, section 2.5):
 * P(w | h) = (c(h, w) + T(h) * P(w | shorter h)) / (c(h) + T(h)), T(h) = different followers of h.
 * When a limit is reached every count is halved and what falls to 0 is forgotten.
 */
export function createTransitions(limits: TransitionLimits, state?: TransitionsState): Transitions {
  let tables = load(state);
  /** What is expected where no context is known: sought among all templates once, until something is learned. */
  let usual: readonly Expectation[] | undefined;

  return {
    size() {
      return tables.contexts.size;
    },
    token: (templateId) => tables.tokens.get(templateId) ?? UNSEEN,
    text: (token) => tables.templates[token - FIRST_TEMPLATE]?.text,
    probability(next, last, before) {
      if (next === UNSEEN) return 0;
      const { contexts, single } = tables;
      let probability = interpolated(single, next, uniform(tables));
      if (last === undefined) return probability;
      const one = contexts.get(keyOf(last));
      if (one !== undefined) probability = interpolated(one, next, probability);
      const two = before === undefined ? undefined : contexts.get(keyOf(last, before));
      return two === undefined ? probability : interpolated(two, next, probability);
    },
    expected(last, before) {
      const found = contextsOf(tables, last, before);
      if (found.length > 1) return mostProbable(tables, found);
      usual ??= mostProbable(tables, found);
      return usual;
    },
    order(next, last, before) {
      const after = last === undefined ? undefined : tables.contexts.get(keyOf(last));
      if (after === undefined || after.total === 0) return undefined;
      const skipped = skippedBefore(tables, next, contextsOf(tables, last, before).at(-1));
      const counted = { times: after.followers.get(next) ?? 0, of: after.total };
      return skipped === undefined ? counted : { ...counted, skipped };
    },
    count(next, last, before) {
      usual = undefined;
      add(tables.single, next, SINGLE_BOUNDS);
      if (last === undefined) return;
      add(contextFor(tables.contexts, keyOf(last)), next, CONTEXT_BOUNDS);
      if (before !== undefined) add(contextFor(tables.contexts, keyOf(last, before)), next, CONTEXT_BOUNDS);
    },
    makeRoom() {
      const { contextsMax, templatesMax } = limits;
      if (tables.contexts.size < contextsMax && tables.templates.length < templatesMax) return;
      usual = undefined;
      while (tables.contexts.size > contextsMax / 2 || tables.templates.length > templatesMax / 2) {
        tables = withoutRare(tables);
      }
    },
    intern(templateId, template) {
      usual = undefined;
      const known = tables.tokens.get(templateId);
      const entry = known === undefined ? undefined : tables.templates[known - FIRST_TEMPLATE];
      if (known !== undefined && entry !== undefined) {
        entry.text = template;
        return known;
      }
      const token = tables.templates.length + FIRST_TEMPLATE;
      tables.templates.push({ id: templateId, text: template });
      tables.tokens.set(templateId, token);
      return token;
    },
    snapshot: () => ({
      templates: tables.templates.map(({ id, text }) => [id, text]),
      single: [tables.single.total, [...tables.single.followers]],
      contexts: [...tables.contexts].map(([key, { total, followers }]) => [key, total, [...followers]]),
    }),
  };
}

function load(state: TransitionsState | undefined): Tables {
  const templates = (state?.templates ?? []).map(([id, text]) => ({ id, text }));
  const [total, followers] = state?.single ?? [0, []];
  return {
    templates,
    tokens: new Map(templates.map(({ id }, index) => [id, index + FIRST_TEMPLATE])),
    single: { total, followers: new Map(followers) },
    contexts: new Map(
      (state?.contexts ?? []).map(([key, total, followers]) => [
        key,
        { total, followers: new Map(followers) },
      ]),
    ),
  };
}

/** The known contexts, shortest first. */
function contextsOf(
  { single, contexts }: Tables,
  last: number | undefined,
  before: number | undefined,
): Context[] {
  const found: Context[] = [single];
  const one = last === undefined ? undefined : contexts.get(keyOf(last));
  if (one !== undefined) found.push(one);
  const two = last === undefined || before === undefined ? undefined : contexts.get(keyOf(last, before));
  if (two !== undefined) found.push(two);
  return found;
}

function probabilityIn(tables: Tables, found: readonly Context[], next: number): number {
  return found.reduce((shorter, context) => interpolated(context, next, shorter), uniform(tables));
}

/** @param shorter the probability under the next shorter context */
function interpolated({ total, followers }: Context, next: number, shorter: number): number {
  const kinds = Math.max(1, followers.size);
  return ((followers.get(next) ?? 0) + kinds * shorter) / (total + kinds);
}

function uniform({ templates }: Tables): number {
  return 1 / (templates.length + FIRST_TEMPLATE);
}

/** The followers of the longest context that are the most probable next, at most three. */
function mostProbable(tables: Tables, found: readonly Context[]): readonly Expectation[] {
  return [...(found.at(-1) ?? tables.single).followers.keys()]
    .map((token) => ({ token, probability: probabilityIn(tables, found, token) }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, 3)
    .map(({ token, probability }) => ({
      template: tables.templates[token - FIRST_TEMPLATE]?.text,
      probability,
    }));
}

/** The template that mostly comes in a context, where after it mostly comes what came in its stead. */
function skippedBefore(
  { contexts, templates }: Tables,
  next: number,
  context: Context | undefined,
): string | undefined {
  if (next === UNSEEN || context === undefined) return undefined;
  const usual = mostlyNext(context);
  const template = templates[(usual ?? UNSEEN) - FIRST_TEMPLATE];
  if (usual === undefined || usual === next || template === undefined) return undefined;
  const then = contexts.get(keyOf(usual));
  return then !== undefined && mostlyNext(then) === next ? template.text : undefined;
}

function mostlyNext({ total, followers }: Context): number | undefined {
  for (const [token, count] of followers) if (count > MOSTLY_SHARE * total) return token;
  return undefined;
}

/** Halves all counts, forgets what falls to 0, and numbers the rest anew. */
function withoutRare({ tokens, templates, contexts, single }: Tables): Tables {
  halve(single);
  const kept = templates.filter((_, index) => single.followers.has(index + FIRST_TEMPLATE));
  const renamed = new Map([BEGIN, END].map((token) => [token, token]));
  for (const [index, { id }] of kept.entries()) renamed.set(tokens.get(id) ?? UNSEEN, index + FIRST_TEMPLATE);
  return {
    templates: kept,
    tokens: new Map(kept.map(({ id }, index) => [id, index + FIRST_TEMPLATE])),
    single: rename(single, renamed),
    contexts: renameAll(contexts, renamed),
  };
}
