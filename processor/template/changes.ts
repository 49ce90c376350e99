import type { Cluster } from "./cluster.ts";

/** Templates that have changed since they were told last, in bounded memory. */
export interface Changes {
  note(cluster: Cluster): void;
  /** Those that were not told yet. */
  take(): readonly Cluster[];
}

/** @param changesMax over it the one that was noted first is forgotten */
export function createChanges(changesMax: number): Changes {
  const changed = new Set<Cluster>();
  return {
    note(cluster) {
      changed.add(cluster);
      if (changed.size <= changesMax) return;
      const [oldest] = changed;
      if (oldest !== undefined) changed.delete(oldest);
    },
    take() {
      if (changed.size === 0) return [];
      const told = [...changed];
      changed.clear();
      return told;
    },
  };
}
