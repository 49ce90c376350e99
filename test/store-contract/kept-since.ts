import type { Retention } from "../../store/store.ts";

/** Keeps what is not older than this, labelled or not, and a thousand samples. */
export function keptSince(beforeMs: number): Retention {
  return { beforeMs, labelledBeforeMs: beforeMs, samplesMax: 1_000 };
}
