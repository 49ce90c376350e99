import type { StageBatch } from "../../store/store.ts";

/** A batch with nothing in it, to write what a test is about over. */
export const EMPTY: StageBatch = {
  anomalies: [],
  samples: [],
  histograms: [],
  services: [],
  templates: [],
  thresholds: [],
  status: undefined,
};
