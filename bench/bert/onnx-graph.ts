import { type BackwardWriter, createBackwardWriter } from "../../processor/wire/backward-writer.ts";

/** A graph under construction (github.com/onnx/onnx: onnx.proto3). Tensors are known by their names. */
export interface OnnxGraph {
  /** Adds a node with one output, whose name is given back. */
  node(
    operator: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, number | readonly number[]>>,
  ): string;
  integers(values: readonly number[]): string;
  float(value: number): string;
  input(name: string, shape: readonly (number | string)[]): string;
  /** The file, with these nodes' outputs as the graph's. Ends the graph's use. */
  finish(outputs: Readonly<Record<string, string>>): Uint8Array;
}

const FLOAT = 1;
const INT64 = 7;
const IR_VERSION = 8n;
const OPERATOR_SET = 17n;
const ATTRIBUTE_INT = 2n;
const ATTRIBUTE_INTS = 7n;

type WriteFields = (writer: BackwardWriter) => void;

/** An empty graph. Inputs are 64-bit integers. */
export function createOnnxGraph(): OnnxGraph {
  const nodes: WriteFields[] = [];
  const initialisers: WriteFields[] = [];
  const inputs: WriteFields[] = [];
  let names = 0;
  const nextName = () => `t${names++}`;
  const constant = (type: number, shape: readonly number[], data: Uint8Array) => {
    const name = nextName();
    initialisers.push((writer) => {
      writer.bytes(9, data);
      writer.text(8, name);
      writer.varint(2, BigInt(type));
      for (const dimension of shape.toReversed()) writer.varint(1, BigInt(dimension));
    });
    return name;
  };
  return {
    node(operator, from, attributes = {}) {
      const output = nextName();
      nodes.push((writer) => {
        for (const [name, value] of Object.entries(attributes).toReversed())
          writer.message(5, () => writeAttribute(writer, name, value));
        writer.text(4, operator);
        writer.text(2, output);
        for (const input of from.toReversed()) writer.text(1, input);
      });
      return output;
    },
    integers: (values) =>
      constant(INT64, [values.length], new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer)),
    float: (value) => constant(FLOAT, [], new Uint8Array(Float32Array.of(value).buffer)),
    input(name, shape) {
      inputs.push((writer) => writeValueInfo(writer, name, INT64, shape));
      return name;
    },
    finish(outputs) {
      const last = Object.entries(outputs);
      for (const [name, from] of last)
        nodes.push((writer) => {
          writer.text(4, "Identity");
          writer.text(2, name);
          writer.text(1, from);
        });
      const writer = createBackwardWriter();
      writer.message(8, () => writer.varint(2, OPERATOR_SET));
      writer.message(7, () => {
        for (const [name] of last) writer.message(12, () => writeValueInfo(writer, name, FLOAT, []));
        for (const write of inputs.toReversed()) writer.message(11, () => write(writer));
        for (const write of initialisers.toReversed()) writer.message(5, () => write(writer));
        writer.text(2, "graph");
        for (const write of nodes.toReversed()) writer.message(1, () => write(writer));
      });
      writer.varint(1, IR_VERSION);
      return writer.finish();
    },
  };
}

function writeAttribute(writer: BackwardWriter, name: string, value: number | readonly number[]): void {
  if (typeof value === "number") {
    writer.varint(20, ATTRIBUTE_INT);
    writer.varint(3, BigInt(value));
  } else {
    writer.varint(20, ATTRIBUTE_INTS);
    for (const one of value.toReversed()) writer.varint(8, BigInt(one));
  }
  writer.text(1, name);
}

/** No shape: any. */
function writeValueInfo(
  writer: BackwardWriter,
  name: string,
  type: number,
  shape: readonly (number | string)[],
): void {
  writer.message(2, () =>
    writer.message(1, () => {
      if (shape.length > 0)
        writer.message(2, () => {
          for (const dimension of shape.toReversed())
            writer.message(1, () =>
              typeof dimension === "number" ? writer.varint(1, BigInt(dimension)) : writer.text(2, dimension),
            );
        });
      writer.varint(1, BigInt(type));
    }),
  );
  writer.text(1, name);
}
