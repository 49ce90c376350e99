import { type RunningMoments, runningMoments } from "./running-moments.ts";

/** Share of a full table that is forgotten at once, so that sorting it is seldom. */
const FORGOTTEN_SHARE = 0.1;

interface Pair {
  readonly moments: RunningMoments;
  usedAt: number;
}

/** Moments for pairs of templates, found without making a key of the two; over a limit the least recently used tenth is forgotten. */
export interface Pairs {
  peek(before: string, template: string): RunningMoments | undefined;
  /** Finds or creates; now the most recently used. */
  use(before: string, template: string): RunningMoments;
  size(): number;
  /** Least recently used first. */
  oldestFirst(): readonly (readonly [before: string, template: string, RunningMoments])[];
}

export function createPairs(pairsMax: number): Pairs {
  const followers = new Map<string, Map<string, Pair>>();
  let size = 0;
  let clock = 0;

  const all = () =>
    [...followers]
      .flatMap(([before, own]) => [...own].map(([template, pair]) => ({ before, template, pair })))
      .sort((a, b) => a.pair.usedAt - b.pair.usedAt);
  const forgetOldest = () => {
    const forgotten = Math.max(1, Math.floor(pairsMax * FORGOTTEN_SHARE));
    for (const { before, template } of all().slice(0, forgotten)) {
      const own = followers.get(before);
      own?.delete(template);
      if (own?.size === 0) followers.delete(before);
      size -= 1;
    }
  };
  const add = (own: Map<string, Pair>, template: string): Pair => {
    const pair = { moments: runningMoments(), usedAt: clock };
    own.set(template, pair);
    size += 1;
    return pair;
  };

  return {
    size() {
      return size;
    },
    peek: (before, template) => followers.get(before)?.get(template)?.moments,
    use(before, template) {
      clock += 1;
      let own = followers.get(before);
      if (own === undefined) {
        own = new Map();
        followers.set(before, own);
      }
      const known = own.get(template);
      const pair = known ?? add(own, template);
      pair.usedAt = clock;
      if (size > pairsMax) forgetOldest();
      return pair.moments;
    },
    oldestFirst: () => all().map(({ before, template, pair }) => [before, template, pair.moments]),
  };
}
