import { z } from "zod";
import { durationMs } from "../lines/duration.ts";
import { INCIDENT_KINDS, type IncidentKind } from "./incident.ts";

/** What `--incidents` says. */
export interface IncidentsChoice {
  readonly kinds: readonly [IncidentKind, ...IncidentKind[]];
  readonly everyMs: number;
  readonly durationMs: number;
}

const DEFAULT_EVERY_MS = 60_000;
const DEFAULT_DURATION_MS = 10_000;
const ALL_KINDS: IncidentsChoice["kinds"] = [...INCIDENT_KINDS];

/**
 * `none`, or a list of kinds, `every=` and `for=` durations: "burst,silence,every=30s,for=5s". Without a kind all take
 * turns. Undefined for none.
 */
export const incidentsOption = z.string().transform((text, context): IncidentsChoice | undefined => {
  if (text === "none") return undefined;
  const parts = text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "" && part !== "all");
  const kinds = INCIDENT_KINDS.filter((kind) => parts.includes(kind));
  const everyMs = durationOf(parts, "every=") ?? DEFAULT_EVERY_MS;
  const forMs = durationOf(parts, "for=") ?? Math.min(DEFAULT_DURATION_MS, everyMs);
  const isKnown = parts.every(
    (part) => /^(every|for)=/.test(part) || INCIDENT_KINDS.some((kind) => kind === part),
  );
  const [first, ...rest] = kinds;
  if (isKnown && everyMs >= 1_000 && forMs > 0 && forMs <= everyMs) {
    return { kinds: first === undefined ? ALL_KINDS : [first, ...rest], everyMs, durationMs: forMs };
  }
  const message = `must be "none" or a list of ${INCIDENT_KINDS.join(", ")}, every=30s (at least 1s), for=5s (at most every)`;
  context.addIssue({ code: "custom", message });
  return z.NEVER;
});

/** NaN, which no comparison passes, where the duration cannot be read. */
function durationOf(parts: readonly string[], prefix: string): number | undefined {
  const part = parts.find((candidate) => candidate.startsWith(prefix));
  return part === undefined ? undefined : (durationMs(part.slice(prefix.length)) ?? Number.NaN);
}
