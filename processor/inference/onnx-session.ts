import { InferenceSession, Tensor } from "onnxruntime-node";
import { POSITION_KIND, type RowScore, type ScoringBatch } from "../detect/event-scorer.ts";
import { rowScore } from "./row-score.ts";
import type { BatchSession } from "./session-calls.ts";

/** Rows of one run: larger batches are no faster and hold up the next request. */
const ROWS_PER_RUN = 64;

/** The graph, loaded. Its run blocks the calling thread. */
export type OnnxSession = BatchSession<ScoringBatch, RowScore>;

/** Loads an event model's graph. Rejects when the file is no graph or its inputs are not the ones that train.py exports. */
export async function openOnnxSession(
  graph: string,
  textVectorDimensions: number,
  threads: number,
): Promise<OnnxSession> {
  const session = await InferenceSession.create(graph, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
  });
  const missing = ["table", "ids", "kind", "severity", "gap", "at"].filter(
    (name) => !session.inputNames.includes(name),
  );
  if (missing.length > 0 || !session.outputNames.includes("logits"))
    throw new Error(`the graph lacks ${missing.join(", ") || "the output logits"}`);

  const run = async (table: Tensor, rows: ScoringBatch["rows"]): Promise<readonly RowScore[]> => {
    const { logits } = await session.run({ table, ...toTensors(rows) });
    const width = (table.dims[0] ?? 0) + 1;
    const values = logits?.data;
    if (!(values instanceof Float32Array) || values.length !== rows.length * width)
      throw new Error("the graph's logits do not have the expected shape");
    return rows.map(({ target }, row) => rowScore(values.subarray(row * width, (row + 1) * width), target));
  };

  return {
    async score({ table, rows }) {
      const tensor = new Tensor("float32", table, [
        table.length / textVectorDimensions,
        textVectorDimensions,
      ]);
      const scores: RowScore[] = [];
      for (let from = 0; from < rows.length; from += ROWS_PER_RUN) {
        scores.push(...(await run(tensor, rows.slice(from, from + ROWS_PER_RUN))));
      }
      return scores;
    },
    close: () => session.release(),
  };
}

/** Rows of different lengths, padded to the longest. */
function toTensors(rows: ScoringBatch["rows"]): Record<string, Tensor> {
  const positions = Math.max(2, ...rows.map(({ ids }) => ids.length));
  const shape = [rows.length, positions];
  const ids = new BigInt64Array(rows.length * positions);
  const kinds = new BigInt64Array(ids.length).fill(BigInt(POSITION_KIND.padding));
  const severities = new BigInt64Array(ids.length);
  const gaps = new Float32Array(ids.length);
  const at = new BigInt64Array(rows.length);
  for (const [index, row] of rows.entries()) {
    const offset = index * positions;
    at[index] = BigInt(row.at);
    for (let i = 0; i < row.ids.length; i += 1) {
      ids[offset + i] = BigInt(row.ids[i] ?? 0);
      kinds[offset + i] = BigInt(row.kinds[i] ?? 0);
      severities[offset + i] = BigInt(row.severities[i] ?? 0);
      gaps[offset + i] = row.gaps[i] ?? 0;
    }
  }
  return {
    ids: new Tensor("int64", ids, shape),
    kind: new Tensor("int64", kinds, shape),
    severity: new Tensor("int64", severities, shape),
    gap: new Tensor("float32", gaps, shape),
    at: new Tensor("int64", at, [rows.length]),
  };
}
