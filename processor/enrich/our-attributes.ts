import { TEMPLATE_ATTRIBUTE } from "./enrich.ts";

/** What follows the prefix in the keys that are written into records. */
const SUFFIXES: readonly string[] = [
  "score",
  "is_anomaly",
  "threshold",
  "explanation",
  "id",
  "model.version",
];

/**
 * Whether an attribute key is one that is written into records under this prefix.
 * @param others keys that are written besides, by thinning
 */
export function isOurAttribute(prefix: string, others: readonly string[] = []): (key: string) => boolean {
  const keys = new Set([TEMPLATE_ATTRIBUTE, ...SUFFIXES.map((suffix) => `${prefix}.${suffix}`), ...others]);
  return (key) => keys.has(key);
}
