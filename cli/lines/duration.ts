import { z } from "zod";

const UNITS_MS: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1_000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
]);

/** Milliseconds of a duration such as "30s", "1.5m", "250ms" or "90" (seconds); undefined for anything else. */
export function durationMs(text: string): number | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)?$/.exec(text.trim());
  const unitMs = UNITS_MS.get(match?.[2] ?? "s");
  return match === null || unitMs === undefined ? undefined : Number(match[1]) * unitMs;
}

/** A duration option, in milliseconds. */
export const durationOption = z.string().transform((text, context) => {
  const ms = durationMs(text);
  if (ms !== undefined) return ms;
  context.addIssue({ code: "custom", message: 'must be a duration such as "30s", "5m" or "90" (seconds)' });
  return z.NEVER;
});
