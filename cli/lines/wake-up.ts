import { type FSWatcher, watch } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import type { Clock } from "./clock.ts";

/** Wakes a loop that polls: early on news, in any case after an interval. */
export interface WakeUp {
  /** There is news. */
  readonly ring: () => void;
  /** Resolves at news (true), or after the interval or the signal (false). News since the last wait counts. */
  wait(signal: AbortSignal): Promise<boolean>;
  close(): void;
}

/**
 * Listens to the folders of the files (fs.watch). Where the system has no such news (network file systems, too many
 * watches, a folder that is not there yet) the interval alone does it.
 */
export function createWakeUp(paths: readonly string[], intervalMs: number, clock: Clock): WakeUp {
  let hasNews = false;
  let waiting: AbortController | undefined;
  const ring = () => {
    hasNews = true;
    waiting?.abort();
  };
  const folders = Map.groupBy(paths, (path) => dirname(resolve(path)));
  const watchers = [...folders].flatMap(([folder, files]) => {
    const names = new Set(files.map((file) => basename(file)));
    return watchFolder(folder, (name) => (name === null || names.has(name) ? ring() : undefined));
  });
  return {
    ring,
    async wait(signal) {
      if (!hasNews) {
        waiting = new AbortController();
        await clock.sleep(intervalMs, AbortSignal.any([signal, waiting.signal]));
        waiting = undefined;
      }
      const news = hasNews;
      hasNews = false;
      return news;
    },
    close() {
      for (const watcher of watchers) watcher.close();
    },
  };
}

function watchFolder(folder: string, onChange: (name: string | null) => void): readonly FSWatcher[] {
  try {
    const watcher = watch(folder, { persistent: false }, (_event, name) => onChange(name));
    watcher.on("error", () => watcher.close());
    return [watcher];
  } catch {
    return [];
  }
}
