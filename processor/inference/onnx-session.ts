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
  /**
   * One prediction a row, each in its place. Rejects when a table is not known, or the graph's answer is not usable.
   * @param tables the rows' ids count through all of them
   */
  score(tables: readonly TableCall[], runs: readonly PackedRows[]): Promise<readonly AnswerSurprises[]>;
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
    async score(calls, runs) {
      const tables: Tensor[] = [];
      for (const call of calls) tables.push(await candidatesOf(call));
      const ranges = rangesOf(tables);
      const candidates = joined(tables, width);
      const logitsEach = (candidates.dims[0] ?? 0) + 1;
      const predictions: AnswerSurprises[] = [];
      for (const run of runs) {
        const { logits } = await scoring.run({ rows: candidates, ...toTensors(run) });
        const values = logits?.data;
        if (!(values instanceof Float32Array) || values.length !== run.rows * logitsEach)
          throw new Error("the graph's logits do not have the expected shape");
        for (const [row, place] of run.places.entries())
          predictions[place] = surprisesOf(
            values.subarray(row * logitsEach, (row + 1) * logitsEach),
            ranges[run.tables[row] ?? 0],
          );
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

/** A table's candidates among those of all. */
interface Range {
  readonly from: number;
  readonly to: number;
}

function rangesOf(tables: readonly Tensor[]): readonly Range[] {
  let to = 0;
  return tables.map(({ dims }) => {
    const from = to;
    to += dims[0] ?? 0;
    return { from, to };
  });
}

/** One table behind the other. */
function joined(tables: readonly Tensor[], width: number): Tensor {
  const [only] = tables;
  if (only !== undefined && tables.length === 1) return only;
  const size = tables.reduce((sum, { dims }) => sum + (dims[0] ?? 0), 0);
  const rows = new Float32Array(size * width);
  let at = 0;
  for (const { data } of tables) {
    if (!(data instanceof Float32Array)) throw new Error("the candidates' rows are no 32-bit floats");
    rows.set(data, at);
    at += data.length;
  }
  return new Tensor("float32", rows, [size, width]);
}

/** @param logits of the candidates of all tables, and behind them of the session's end */
function surprisesOf(logits: Float32Array, own: Range | undefined): AnswerSurprises {
  const { from, to } = own ?? { from: 0, to: 0 };
  const chosen = new Float32Array(to - from + 1);
  chosen.set(logits.subarray(from, to));
  chosen[to - from] = logits.at(-1) ?? Number.NaN;
  const surprises = softmaxSurprises(chosen);
  if (!areFinite(surprises)) throw new Error("the graph's logits are not finite");
  return surprises;
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
