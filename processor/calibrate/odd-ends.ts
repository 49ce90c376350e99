import type { SequenceWindow } from "../window/sequence-window.ts";
import type { Finding } from "./verdict.ts";

/** Sessions odder than this share of the service's are no examples of a usual one. */
const ODD_BELOW_P = 0.05;

/**
 * The windows that end a session which was odd as a whole. A detector that keeps examples of usual sessions would take the
 * first failure for one, and find nothing odd in the second. When such sessions are no longer rare, their p-values say so.
 */
export function oddEnds(findings: readonly Finding[]): ReadonlySet<SequenceWindow> {
  return new Set(
    findings
      .filter(({ window, event, verdict }) => event === window.events.length && verdict.pValue < ODD_BELOW_P)
      .map(({ window }) => window),
  );
}
