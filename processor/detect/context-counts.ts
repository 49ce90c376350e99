/** Base of the pair key: more tokens than a table ever holds. */
export const KEY_BASE = 2 ** 20;
/** Followers told apart in one context (further ones count in its total alone), and the count at which a context is
 * halved, so that habits can change. */
export interface Bounds {
  readonly followersMax: number;
  readonly totalMax: number;
}
/** Of one and two templates. */
export const CONTEXT_BOUNDS: Bounds = { followersMax: 64, totalMax: 8_192 };
/** All templates of a service, bounded by their number. */
export const SINGLE_BOUNDS: Bounds = { followersMax: KEY_BASE, totalMax: 1_000_000 };

/** What has followed a context, and how often. */
export interface Context {
  total: number;
  readonly followers: Map<number, number>;
}

/** Order 1 keys are below KEY_BASE, order 2 keys are not. */
export function keyOf(last: number, before?: number): number {
  return before === undefined ? last : (before + 1) * KEY_BASE + last;
}

/** The context, created when there is none. */
export function contextFor(contexts: Map<number, Context>, key: number): Context {
  const known = contexts.get(key);
  if (known !== undefined) return known;
  const created: Context = { total: 0, followers: new Map() };
  contexts.set(key, created);
  return created;
}

/** Counts one follower. */
export function add(context: Context, next: number, { followersMax, totalMax }: Bounds): void {
  const count = context.followers.get(next);
  context.total += 1;
  if (count !== undefined || context.followers.size < followersMax)
    context.followers.set(next, (count ?? 0) + 1);
  if (context.total >= totalMax) halve(context);
}

/** Halves every count; what falls to 0 is forgotten. */
export function halve(context: Context): void {
  context.total >>= 1;
  for (const [token, count] of context.followers) {
    if (count < 2) context.followers.delete(token);
    else context.followers.set(token, count >> 1);
  }
}

/** The context with its followers' new tokens; a follower without one is forgotten. */
export function rename({ total, followers }: Context, renamed: ReadonlyMap<number, number>): Context {
  const kept = new Map<number, number>();
  for (const [token, count] of followers) {
    const to = renamed.get(token);
    if (to !== undefined) kept.set(to, count);
  }
  return { total, followers: kept };
}

/** The contexts, halved, under new tokens; a context without them is forgotten. */
export function renameAll(
  contexts: ReadonlyMap<number, Context>,
  renamed: ReadonlyMap<number, number>,
): Map<number, Context> {
  const kept = new Map<number, Context>();
  for (const [key, context] of contexts) {
    const last = renamed.get(key % KEY_BASE);
    const before = key < KEY_BASE ? undefined : renamed.get(Math.floor(key / KEY_BASE) - 1);
    if (last === undefined || (key >= KEY_BASE && before === undefined)) continue;
    const halved = rename(context, renamed);
    halve(halved);
    if (halved.followers.size > 0) kept.set(keyOf(last, before), halved);
  }
  return kept;
}
