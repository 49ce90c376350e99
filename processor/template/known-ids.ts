/** Ids that were seen once, in bounded memory: over it the one that was added first, or again, longest ago is forgotten. */
export interface KnownIds extends Iterable<string> {
  has(id: string): boolean;
  /** The id is now the youngest. */
  add(id: string): void;
  delete(id: string): boolean;
  size(): number;
}

export function createKnownIds(idsMax: number): KnownIds {
  const ids = new Set<string>();
  return {
    has: (id) => ids.has(id),
    add(id) {
      ids.delete(id);
      ids.add(id);
      if (ids.size <= idsMax) return;
      const [oldest] = ids;
      if (oldest !== undefined) ids.delete(oldest);
    },
    delete: (id) => ids.delete(id),
    size() {
      return ids.size;
    },
    [Symbol.iterator]: () => ids.values(),
  };
}
