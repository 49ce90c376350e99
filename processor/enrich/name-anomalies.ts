import type { Explanation } from "../../store/anomaly.ts";
import type { Finding } from "../calibrate/verdict.ts";
import type { Explain } from "../explain/explain.ts";

/** An anomalous finding with its name in the API and its explanation. */
export interface NamedAnomaly {
  /** ULID, the same in the record's attributes and in the store. */
  readonly id: string;
  readonly finding: Finding;
  readonly explanation: Explanation;
}

/** Gives each anomalous finding an id and an explanation, once, so that the record and the store agree. */
export function nameAnomalies(
  findings: readonly Finding[],
  explain: Explain,
  newId: () => string,
): readonly NamedAnomaly[] {
  return findings
    .filter((finding) => finding.verdict.isAnomaly)
    .map((finding) => ({ id: newId(), finding, explanation: explain(finding) }));
}
