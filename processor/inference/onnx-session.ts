import { LRUCache } from "lru-cache";
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { AnswerSurprises } from "../detect/event-scorer.ts";
import { PARAMETER_FEATURES } from "../detect/parameter-features.ts";
import type { PackedRows } from "./pack-runs.ts";
import { softmaxSurprises } from "./softmax-surprises.ts";
import type { TableCall } from "./table-calls.ts";
import { TABLES_MAX } from "./table-calls.ts";

const SCORING_INPUTS = ["rows", "ids", "kind", "severity", "gap", "parameters", "at"];

/** The event model's graphs, loaded. A run blocks the calling thread. */
export interface OnnxSession {
  /** One prediction a row, each in its place. Rejects when the table is not known, or the graph's answer is not usable. */
  score(table: TableCall, runs: readonly PackedRows[]): Promise<readonly AnswerSurprises[]>;
  close(): Promise<void>;
}

/** Where the graphs are, and the sizes of what goes in. */
export interface OnnxSessionOptions {
  /** Path of the scoring graph. */
  readonly graph: string;
  /** Path of the graph that makes candidate rows of text vectors and residuals. */
  readonly candidates: string;
  /** Values of one text vector. */
  readonly textDimensions: number;
  /** Values of one candidate row. */
  readonly width: number;
  readonly threads: number;
}

/** Loads an event model's graphs. Rejects when a file is no graph or its inputs are not the ones that are exported. */
export async function openOnnxSession(options: OnnxSessionOptions): Promise<OnnxSession> {
  const { textDimensions, width, threads } = options;
  const scoring = await open(options.graph, threads, SCORING_INPUTS, "logits");
  const projection = await open(options.candidates, threads, ["table", "residual"], "rows");
  const tables = new LRUCache<number, Tensor>({ max: TABLES_MAX });

  const candidatesOf = async ({ id, table }: TableCall): Promise<Tensor> => {
    const known = tables.get(id);
    if (known !== undefined) return known;
    if (table === undefined) throw new Error("the model's thread does not know the table of candidates");
    const size = table.vectors.length / textDimensions;
    const { rows } = await projection.run({
      table: new Tensor("float32", table.vectors, [size, textDimensions]),
      residual: new Tensor("float32", table.residuals ?? new Float32Array(size * width), [size, width]),
    });
    if (rows === undefined || rows.dims[0] !== size)
      throw new Error("the candidates' rows do not have the expected shape");
    tables.set(id, rows);
    return rows;
  };

  return {
    async score(call, runs) {
      const candidates = await candidatesOf(call);
      const answers = (candidates.dims[0] ?? 0) + 1;
      const predictions: AnswerSurprises[] = [];
      for (const run of runs) {
        const { logits } = await scoring.run({ rows: candidates, ...toTensors(run) });
        const values = logits?.data;
        if (!(values instanceof Float32Array) || values.length !== run.rows * answers)
          throw new Error("the graph's logits do not have the expected shape");
        for (const [row, place] of run.places.entries()) {
          const surprises = softmaxSurprises(values.subarray(row * answers, (row + 1) * answers));
          if (!areFinite(surprises)) throw new Error("the graph's logits are not finite");
          predictions[place] = surprises;
        }
      }
      return predictions;
    },
    async close() {
      await scoring.release();
      await projection.release();
    },
  };
}

async function open(
  graph: string,
  threads: number,
  inputs: readonly string[],
  output: string,
): Promise<InferenceSession> {
  const session = await InferenceSession.create(graph, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
  });
  const missing = inputs.filter((name) => !session.inputNames.includes(name));
  if (missing.length > 0 || !session.outputNames.includes(output))
    throw new Error(`the graph lacks ${missing.join(", ") || `the output ${output}`}`);
  return session;
}

function areFinite(values: Float32Array): boolean {
  for (const value of values) if (!Number.isFinite(value)) return false;
  return true;
}

/** The rows as the graph's inputs. */
function toTensors(packed: PackedRows): Record<string, Tensor> {
  const { rows, positions } = packed;
  const shape = [rows, positions];
  return {
    ids: new Tensor("int64", packed.ids, shape),
    kind: new Tensor("int64", packed.kinds, shape),
    severity: new Tensor("int64", packed.severities, shape),
    gap: new Tensor("float32", packed.gaps, shape),
    parameters: new Tensor("float32", packed.parameters, [...shape, PARAMETER_FEATURES]),
    at: new Tensor("int64", packed.at, [rows]),
  };
}
