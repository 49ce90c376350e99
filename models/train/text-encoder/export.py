"""The encoder as an ONNX graph, its large weights kept as half floats."""
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import torch
from onnx import TensorProto, helper, numpy_helper

from encoder import TOKENS

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from export_event_model import save_bare  # noqa: E402

# Smaller ones (biases, norms) are not worth a cast.
HALVED_FROM = 1024


def export(model, path):
    """Writes the graph with dynamic batch and tokens; returns the largest difference to torch and the smallest cosine."""
    vocabulary = model.token.num_embeddings
    # Two tensors: one for both would make them one input of the graph.
    example = torch.zeros(3, 7, dtype=torch.long), torch.ones(3, 7, dtype=torch.long)
    dim = torch.export.Dim
    shape = {0: dim("batch", min=1, max=4096), 1: dim("tokens", min=2, max=TOKENS)}
    program = torch.onnx.export(model, example, dynamo=True, opset_version=18, external_data=False,
                                input_names=["input_ids", "attention_mask"], output_names=["result"],
                                dynamic_shapes=(shape, shape), verbose=False)
    # The exporter calls the looked-up tokens "embedding": the name is freed before the result takes it.
    graph = renamed(renamed(program.model_proto, "embedding", "tokens_embedded"), "result", "embedding")
    graph = halved(graph)
    onnx.checker.check_model(graph)
    assert {entry.domain for entry in graph.opset_import} <= {"", "pkg.onnxscript.torch_lib.common"}
    save_bare(graph, path)
    return parity(model, path, vocabulary)


def renamed(graph, old, new):
    """The same graph, one of its values under another name."""
    for node in graph.graph.node:
        node.input[:] = [new if name == old else name for name in node.input]
        node.output[:] = [new if name == old else name for name in node.output]
    for value in (*graph.graph.output, *graph.graph.value_info):
        value.name = new if value.name == old else value.name
    return graph


def halved(graph):
    """Large float weights as float16, with a Cast behind each."""
    for at, weight in enumerate(list(graph.graph.initializer)):
        if weight.data_type != TensorProto.FLOAT or np.prod(weight.dims) < HALVED_FROM:
            continue
        name = weight.name
        half = numpy_helper.from_array(numpy_helper.to_array(weight).astype(np.float16), f"{name}.half")
        graph.graph.initializer.remove(weight)
        graph.graph.initializer.append(half)
        graph.graph.node.insert(0, helper.make_node("Cast", [half.name], [name], to=TensorProto.FLOAT))
    return graph


def parity(model, path, vocabulary):
    session = ort.InferenceSession(path)
    generator = torch.Generator().manual_seed(1)
    ids = torch.randint(4, vocabulary, (64, TOKENS), generator=generator)
    mask = (torch.arange(TOKENS)[None, :] < torch.randint(2, TOKENS + 1, (64, 1), generator=generator)).long()
    got = session.run(None, {"input_ids": ids.numpy(), "attention_mask": mask.numpy()})[0]
    with torch.no_grad():
        want = model(ids, mask).numpy()
    difference, cosine = float(np.abs(got - want).max()), float((got * want).sum(1).min())
    assert cosine > 0.999, f"the graph does not say what the model says: cosine {cosine}"
    return difference, cosine
