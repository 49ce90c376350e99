import type { MaskedRow } from "../detect/event-scorer.ts";
import { ModelError } from "./model-directory.ts";
import type { RunningScorer } from "./worker-client.ts";

const PROBE_TIMEOUT_MS = 30_000;
const TEMPLATES = ["request started", "request finished"];
/** What comes after an event. */
const ROW: MaskedRow = { ids: [0], codes: [0], begins: false };

/** Scores one made-up row, so that weights that cannot score are found before records are handed to them, and the graphs have
 * done their first, slow run. Rejects with a {@link ModelError}. */
export async function probeScorer(
  scorer: Pick<RunningScorer, "version" | "encoder" | "score">,
): Promise<void> {
  const remedy = "train again, or name another model directory by inference.model or LOGBERT_MODEL";
  const signal = AbortSignal.timeout(PROBE_TIMEOUT_MS);
  let surprise: number | undefined;
  try {
    const vectors = await scorer.encoder.encode(TEMPLATES, signal);
    const table = {
      vectors: Float32Array.from(vectors.flatMap((vector) => [...vector])),
      residuals: undefined,
    };
    const [surprises] = await scorer.score({ table, rows: [ROW] }, signal);
    surprise = surprises?.[1];
  } catch (cause) {
    throw new ModelError(`the weights ${scorer.version} cannot score: ${String(cause)}`, remedy, { cause });
  }
  if (surprise === undefined || !Number.isFinite(surprise))
    throw new ModelError(`the weights ${scorer.version} give ${surprise} as a score`, remedy);
}
