/** Share of a full map that is forgotten at once, so that sorting it is seldom. */
const FORGOTTEN_SHARE = 0.1;

interface Entry<T> {
  readonly value: T;
  usedAt: number;
}

/**
 * What was used lately, by name; over a limit the least recently used tenth is forgotten. Using is as cheap as finding: order is
 * made only when somebody needs it.
 */
export interface RecencyMap<T> {
  /** Finds without using. */
  peek(key: string): T | undefined;
  /** Finds or creates; now the most recently used. */
  use(key: string): T;
  set(key: string, value: T): void;
  size(): number;
  values(): Iterable<T>;
  /** Least recently used first. */
  oldestFirst(): readonly (readonly [string, T])[];
  /** The most recently used, at most so many, the last of them at the end; cheaper than all in order. */
  latest(count: number): readonly T[];
}

/** What a recency map may be handed. */
export interface RecencyOptions<T> {
  readonly max: number;
  readonly create: (key: string) => T;
  readonly onForget?: (value: T) => void;
}

/** @param known least recently used first; of too many the last count */
export function createRecencyMap<T>(
  { max, create, onForget = () => undefined }: RecencyOptions<T>,
  known: readonly (readonly [string, T])[] = [],
): RecencyMap<T> {
  let clock = 0;
  const entries = new Map<string, Entry<T>>();
  for (const [key, value] of known.slice(-max)) {
    clock += 1;
    entries.set(key, { value, usedAt: clock });
  }

  const ages = () => Float64Array.from(entries.values(), ({ usedAt }) => usedAt).sort();
  const forgetOldest = () => {
    const forgotten = Math.max(entries.size - max, Math.floor(max * FORGOTTEN_SHARE));
    const oldest = ages()[forgotten - 1] ?? 0;
    for (const [key, { value, usedAt }] of entries) {
      if (usedAt > oldest) continue;
      entries.delete(key);
      onForget(value);
    }
  };
  const add = (key: string, value: T) => {
    entries.set(key, { value, usedAt: clock });
    if (entries.size > max) forgetOldest();
  };

  return {
    size() {
      return entries.size;
    },
    peek: (key) => entries.get(key)?.value,
    use(key) {
      clock += 1;
      const entry = entries.get(key);
      if (entry !== undefined) {
        entry.usedAt = clock;
        return entry.value;
      }
      const value = create(key);
      add(key, value);
      return value;
    },
    set(key, value) {
      clock += 1;
      add(key, value);
    },
    *values() {
      for (const { value } of entries.values()) yield value;
    },
    latest(count) {
      const from = ages().at(-count) ?? 0;
      return [...entries.values()]
        .filter(({ usedAt }) => usedAt >= from)
        .sort((a, b) => a.usedAt - b.usedAt)
        .map(({ value }) => value);
    },
    oldestFirst: () =>
      [...entries].sort(([, a], [, b]) => a.usedAt - b.usedAt).map(([key, { value }]) => [key, value]),
  };
}
