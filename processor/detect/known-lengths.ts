import { z } from "zod";

/** Added to each length before its logarithm: of 1 and 2 events neither is odd, of 20 and 40 one is. */
const OFFSET_EVENTS = 4;
/** Lengths within 1/16 of a nat, 6 %, count as one. */
const BINS_PER_NAT = 16;
/** 2^31 events are in bin 344. */
const BINS_MAX = 352;
/** Past this number of sessions every count is halved, so that habits can change. */
const SESSIONS_MAX = 8_192;
/** Width that is taken for granted, in nats of length: where all sessions are alike, 10 % more is e times as rare. */
const WIDTH_MIN = 0.1;
/** Sessions before which no length is usual. */
const KNOWN_FROM_SESSIONS = 20;
/** Length of the shortest half of a normal distribution, in standard deviations. */
const NORMAL_SHORTEST_HALF = 1.349;
/** How many sessions of no particular length are thought to have been there. */
const PRIOR_SESSIONS = 1;

/** One service's lengths as JSON: [bin, sessions]. */
export const knownLengthsState = z
  .array(z.tuple([z.int().min(0).max(BINS_MAX), z.int().min(1)]))
  .max(BINS_MAX + 1);
export type KnownLengthsState = z.infer<typeof knownLengthsState>;

type Bin = readonly [bin: number, sessions: number];

/** The lengths of one service's sessions. */
export interface KnownLengths {
  /** -ln of the estimated density at this length on the log scale, from 0; undefined as long as few sessions are known. */
  surprise(events: number): number | undefined;
  /** The length that this share of the sessions does not exceed. Example: 0.5 gives the median. */
  usual(share: number): number;
  /** How many are known; halved now and then. */
  sessions(): number;
  learn(events: number): void;
  /** Numbers kept. */
  size(): number;
  snapshot(): KnownLengthsState;
}

/**
 * A density over ln(length) with Laplacian kernels: it knows several usual lengths, holds for too short and too long
 * alike, and falls off without end where nothing was ever seen. The width follows Silverman's rule (1986, eq. 3.31), with the
 * length of the shortest half (Rousseeuw and Leroy 1988) for the spread, so that neither odd sessions nor a second usual length
 * widen it.
 */
export function createKnownLengths(state: KnownLengthsState = []): KnownLengths {
  let bins = new Map(state);
  let sessions = [...bins.values()].reduce((sum, count) => sum + count, 0);

  const ascending = () => [...bins].sort(([a], [b]) => a - b);

  return {
    size() {
      return 2 * bins.size;
    },
    usual: (share) => eventsIn(binAtShare(ascending(), sessions * share)),
    sessions() {
      return sessions;
    },
    surprise(events) {
      if (sessions < KNOWN_FROM_SESSIONS) return undefined;
      const spread = shortestHalf(ascending(), sessions) / BINS_PER_NAT / NORMAL_SHORTEST_HALF;
      const width = Math.max(WIDTH_MIN, 0.9 * spread * sessions ** -0.2);
      const own = binOf(events);
      let density = 0;
      let nearest = Number.POSITIVE_INFINITY;
      for (const [bin, count] of bins) {
        const far = Math.abs(bin - own) / BINS_PER_NAT / width;
        density += count * Math.exp(-far);
        nearest = Math.min(nearest, far);
      }
      const total = sessions + PRIOR_SESSIONS;
      // Far out the sum underflows; its largest term is then all there is.
      return density > 0 ? Math.max(0, -Math.log(density / total)) : nearest + Math.log(total);
    },
    learn(events) {
      const bin = binOf(events);
      bins.set(bin, (bins.get(bin) ?? 0) + 1);
      sessions += 1;
      if (sessions < SESSIONS_MAX) return;
      bins = new Map([...bins].filter(([, count]) => count > 1).map(([one, count]) => [one, count >> 1]));
      sessions = [...bins.values()].reduce((sum, count) => sum + count, 0);
    },
    snapshot: () => [...bins],
  };
}

/** @param sessions that it and the bins below it hold at least */
function binAtShare(ascending: readonly Bin[], sessions: number): number {
  let left = sessions;
  for (const [bin, count] of ascending) {
    left -= count;
    if (left <= 0) return bin;
  }
  return 0;
}

/** Bins between the ends of the narrowest range that holds half of the sessions. */
function shortestHalf(ascending: readonly Bin[], sessions: number): number {
  let shortest = Number.POSITIVE_INFINITY;
  let held = 0;
  let from = 0;
  for (const [bin, count] of ascending) {
    held += count;
    while (held >= sessions / 2) {
      const [first, leaving] = ascending[from] ?? [bin, held];
      shortest = Math.min(shortest, bin - first);
      held -= leaving;
      from += 1;
    }
  }
  return shortest;
}

function binOf(events: number): number {
  return Math.min(BINS_MAX, Math.round(Math.log(events + OFFSET_EVENTS) * BINS_PER_NAT));
}

function eventsIn(bin: number): number {
  return Math.max(0, Math.round(Math.exp(bin / BINS_PER_NAT) - OFFSET_EVENTS));
}
