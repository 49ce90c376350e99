import { type EventScorer, POSITION_KIND, type ScoringBatch } from "../detect/event-scorer.ts";
import { textVector } from "../detect/text-vector.ts";
import { ModelError } from "./model-directory.ts";

const PROBE_TIMEOUT_MS = 10_000;
const TEMPLATES = ["request started", "request finished"];

/** Scores one made-up row, so that weights that cannot score are found before records are handed to them, and the graph has
 * done its first, slow run. Rejects with a {@link ModelError}. */
export async function probeScorer(scorer: EventScorer): Promise<void> {
  const remedy = "train again, or stay with the weights that are in use";
  let surprise: number | undefined;
  try {
    const [score] = await scorer.score(probe(), AbortSignal.timeout(PROBE_TIMEOUT_MS));
    surprise = score?.surprise;
  } catch (cause) {
    throw new ModelError(`the weights ${scorer.version} cannot score: ${String(cause)}`, remedy, { cause });
  }
  if (surprise === undefined || !Number.isFinite(surprise))
    throw new ModelError(`the weights ${scorer.version} give ${surprise} as a score`, remedy);
}

function probe(): ScoringBatch {
  const row = {
    ids: [0, 0],
    kinds: [POSITION_KIND.event, POSITION_KIND.mask],
    severities: [0, 0],
    gaps: [0, 0],
    at: 1,
    target: 1,
  };
  return { table: Float32Array.from(TEMPLATES.flatMap((text) => [...textVector(text)])), rows: [row] };
}
