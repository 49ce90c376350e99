"""
Makes ONNX graphs that a classifier's graph may not be, for the tests of what is said of them.

    python broken_graphs.py --tokenizer ../../../test/fixtures/hf-classifier --out ../../../test/fixtures/hf-broken
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from transformers import BertTokenizerFast

BATCH_BY_TOKENS = ["batch_size", "sequence_length"]


def save(path: Path, inputs: list[str], output: str, shape: list, kind: int, nodes: list, constants: dict) -> None:
    graph = helper.make_graph(
        nodes,
        path.stem,
        [helper.make_tensor_value_info(name, TensorProto.INT64, BATCH_BY_TOKENS) for name in inputs],
        [helper.make_tensor_value_info(output, kind, shape)],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])
    model.ir_version = 9
    onnx.checker.check_model(model)
    onnx.save(model, path)


def sum_of_ids(width: int) -> tuple[list, dict]:
    """Nodes that end in `sums`, [batch, width] floats, from input_ids."""
    nodes = [
        helper.make_node("Cast", ["input_ids"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("ReduceSum", ["floats", "axes"], ["sum"], keepdims=1),
        helper.make_node("Mul", ["sum", "ones"], ["sums"]),
    ]
    return nodes, {"axes": np.array([1]), "ones": np.full((1, width), 1e-3, np.float32)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    usual = ["input_ids", "attention_mask"]
    two = ["batch_size", 2]
    identity = [helper.make_node("Identity", ["sums"], ["logits"])]

    nodes, constants = sum_of_ids(3)
    three = ["batch_size", 3]
    save(options.out / "three-labels.onnx", usual, "logits", three, TensorProto.FLOAT, nodes + identity, constants)

    nodes, constants = sum_of_ids(2)
    save(options.out / "pixels.onnx", [*usual, "pixel_values"], "logits", two, TensorProto.FLOAT, nodes + identity, constants)
    renamed = [helper.make_node("Identity", ["sums"], ["last_hidden_state"])]
    save(options.out / "no-logits.onnx", usual, "last_hidden_state", two, TensorProto.FLOAT, nodes + renamed, constants)
    half = [helper.make_node("Cast", ["sums"], ["logits"], to=TensorProto.FLOAT16)]
    save(options.out / "half-precision.onnx", usual, "logits", two, TensorProto.FLOAT16, nodes + half, constants)
    log = [helper.make_node("Neg", ["sums"], ["negative"]), helper.make_node("Log", ["negative"], ["logits"])]
    save(options.out / "nan.onnx", usual, "logits", two, TensorProto.FLOAT, nodes + log, constants)

    # NaN where one word is in the row: 0 / 0 at its distance of 0.
    word = BertTokenizerFast.from_pretrained(options.tokenizer).convert_tokens_to_ids("panic")
    distance = [
        helper.make_node("Sub", ["input_ids", "word"], ["difference"]),
        helper.make_node("Abs", ["difference"], ["distances"]),
        helper.make_node("ReduceMin", ["distances", "axes"], ["least"], keepdims=1),
        helper.make_node("Cast", ["least"], ["distance"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["distance", "zeros"], ["products"]),
        helper.make_node("Div", ["products", "distance"], ["logits"]),
    ]
    constants = {"axes": np.array([1]), "word": np.array([word]), "zeros": np.zeros((1, 2), np.float32)}
    save(options.out / "nan-at-panic.onnx", usual, "logits", two, TensorProto.FLOAT, distance, constants)


if __name__ == "__main__":
    main()
