import { InferenceSession, Tensor } from "onnxruntime-node";

/** An output of the graph. */
export interface GraphOutput {
  readonly data: Float32Array;
  /** Batch first. */
  readonly dims: readonly number[];
}

/** A BERT-like graph as Optimum exports it, loaded. A run blocks the calling thread. */
export interface TransformerGraph {
  /** Names of the layers' attentions, first layer first; empty where the graph does not give them. */
  readonly attentions: readonly string[];
  /**
   * Runs rows of token ids, padded to the longest, and gives the named outputs in their order.
   * Rejects when the graph fails or gives something else than 32-bit floats.
   */
  run(rows: readonly (readonly number[])[], outputs: readonly string[]): Promise<readonly GraphOutput[]>;
  close(): Promise<void>;
}

/** The output that scores come from. */
export const LOGITS = "logits";

const REQUIRED = ["input_ids", "attention_mask"];
/** The second one tells sentence pairs apart, which windows are not: always 0. */
const GIVEN = [...REQUIRED, "token_type_ids"];
/** "attentions.0", "attention_0", "attentions": the names that exports use. */
const ATTENTION = /^attentions?(?:[._](\d+))?$/;

/** Loads the graph. Rejects when the file is no graph or its inputs and outputs are not those of a BERT-like model. */
export async function openTransformerGraph(
  path: string,
  padding: number,
  threads: number,
): Promise<TransformerGraph> {
  const session = await InferenceSession.create(path, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
  });
  requireNames(session);
  const attentions = session.outputNames
    .filter((name) => ATTENTION.test(name))
    .sort((a, b) => layerOf(a) - layerOf(b));

  return {
    attentions,
    async run(rows, outputs) {
      const found = await session.run(toTensors(rows, padding, session.inputNames), [...outputs]);
      return outputs.map((name) => checked(name, found[name], rows.length));
    },
    close: () => session.release(),
  };
}

function requireNames({ inputNames, outputNames }: InferenceSession): void {
  const missing = REQUIRED.filter((name) => !inputNames.includes(name));
  const strange = inputNames.filter((name) => !GIVEN.includes(name));
  if (missing.length > 0 || strange.length > 0)
    throw new Error(
      `its inputs are ${inputNames.join(", ")}; needed are ${REQUIRED.join(" and ")}, and token_type_ids where the model has them`,
    );
  if (!outputNames.includes(LOGITS))
    throw new Error(`its outputs are ${outputNames.join(", ")}; needed is ${LOGITS}`);
}

function layerOf(name: string): number {
  return Number(ATTENTION.exec(name)?.[1] ?? 0);
}

function toTensors(
  rows: readonly (readonly number[])[],
  padding: number,
  names: readonly string[],
): Record<string, Tensor> {
  const length = Math.max(...rows.map((row) => row.length));
  const ids = new BigInt64Array(rows.length * length).fill(BigInt(padding));
  const mask = new BigInt64Array(ids.length);
  for (const [index, row] of rows.entries()) {
    for (const [at, id] of row.entries()) ids[index * length + at] = BigInt(id);
    mask.fill(1n, index * length, index * length + row.length);
  }
  const values: Readonly<Record<string, BigInt64Array>> = {
    input_ids: ids,
    attention_mask: mask,
    token_type_ids: new BigInt64Array(ids.length),
  };
  return Object.fromEntries(
    names.map((name) => [name, new Tensor("int64", values[name] ?? ids, [rows.length, length])]),
  );
}

function checked(name: string, tensor: Tensor | undefined, rows: number): GraphOutput {
  const data = tensor?.data;
  if (tensor === undefined || !(data instanceof Float32Array))
    throw new Error(
      `its output ${name} is ${tensor?.type ?? "missing"}; needed is float32: export it without --dtype fp16`,
    );
  if (tensor.dims[0] !== rows)
    throw new Error(`its output ${name} has the shape ${tensor.dims.join(" x ")} for ${rows} rows`);
  return { data, dims: tensor.dims };
}
