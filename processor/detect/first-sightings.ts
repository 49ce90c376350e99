import { z } from "zod";
import { SEVERITY_CLASSES } from "./severity-class.ts";

/** Sightings that wait to be told; over it the oldest are left to the next snapshot. */
const WAITING_MAX = 10_000;

/** A template that a service wrote for the first time: [service, id, template, severity]. */
const firstSighting = z.tuple([z.string(), z.string(), z.string(), z.enum(SEVERITY_CLASSES)]);
export type FirstSighting = z.infer<typeof firstSighting>;

/** First sightings since they were told last, in bounded memory. */
export interface FirstSightings {
  add(sighting: FirstSighting): void;
  /** Those that were not told yet. */
  take(): readonly FirstSighting[];
}

export function createFirstSightings(): FirstSightings {
  let waiting: FirstSighting[] = [];
  return {
    add(sighting) {
      waiting.push(sighting);
      if (waiting.length >= 2 * WAITING_MAX) waiting = waiting.slice(-WAITING_MAX);
    },
    take() {
      const told = waiting;
      if (told.length > 0) waiting = [];
      return told;
    },
  };
}

/** Reads what was told and written down. Throws an Error that names the field when it is not in the expected format. */
export function readFirstSightings(told: unknown): readonly FirstSighting[] {
  const parsed = z.array(firstSighting).safeParse(told);
  if (parsed.success) return parsed.data;
  throw new Error(
    `What was new to the new-template detector is not usable: ${z.prettifyError(parsed.error)}`,
  );
}
