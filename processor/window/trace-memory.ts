/** Traces remembered for certain, and at most twice as many: the older half is forgotten at once. */
const TRACES_MAX = 50_000;

/** What came last in each trace, in each of the streams that it passes. */
export interface TraceMemory {
  /**
   * Takes an event in.
   * @returns the template that came before it in the same trace and stream; "" where nothing did, as far as is known
   */
  follow(stream: string, trace: string, templateId: string): string;
  clear(): void;
}

/** Bounded by two generations: cheaper than an order that every event changes. */
export function createTraceMemory(tracesMax: number = TRACES_MAX): TraceMemory {
  let young = new Map<string, string>();
  let old: ReadonlyMap<string, string> = new Map();
  return {
    follow(stream, trace, templateId) {
      const key = trace + stream;
      const last = young.get(key) ?? old.get(key) ?? "";
      young.set(key, templateId);
      if (young.size >= tracesMax) {
        old = young;
        young = new Map();
      }
      return last;
    },
    clear() {
      young = new Map();
      old = young;
    },
  };
}
