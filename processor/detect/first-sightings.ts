import { z } from "zod";
import { SEVERITY_CLASSES } from "./severity-class.ts";

/** A template that a service wrote for the first time: [service, id, template, severity]. */
const firstSighting = z.tuple([z.string(), z.string(), z.string(), z.enum(SEVERITY_CLASSES)]);
export type FirstSighting = z.infer<typeof firstSighting>;

/** Reads what was written down. Throws an Error that names the field when it is not in the expected format. */
export function readFirstSightings(written: unknown): readonly FirstSighting[] {
  const parsed = z.array(firstSighting).safeParse(written);
  if (parsed.success) return parsed.data;
  throw new Error(
    `What was new to the new-template detector is not usable: ${z.prettifyError(parsed.error)}`,
  );
}
