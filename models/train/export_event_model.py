"""Exports the event transformer: the scoring graph, the candidate rows' graph and one whole AdamW step as plain ONNX.

The step (forward, backward, clipping, AdamW) is traced with torch.func and make_fx and uses only the default ONNX domain,
so a stock ONNX Runtime trains without Python. Weights are kept apart in weights.bin, little-endian float32 one after the
other in the order of `config.json`: the graphs never change, training writes another weights.bin.
"""
import hashlib
import json
import math
import os

import numpy as np
import onnx
import onnxruntime as ort
import onnxscript.optimizer
import torch
from torch import nn
from torch.func import functional_call, grad_and_value
from torch.fx.experimental.proxy_tensor import make_fx

from event_model import EVENTS_MAX, PARAMETER_FEATURES, POSITIONS, TEXT_DIMS, WIDTH, EventModel, T
from scoring_graph import ScoringGraph

"""Rows, candidates and masked positions of one training step: fixed, because the traced graph has its batch built in."""
STEP_ROWS, STEP_CANDIDATES, STEP_MASKED = 64, 256, 256
"""An Adam eps of 1e-8 would vanish in the export's optimiser and divide by zero."""
BETA1, BETA2, EPS, WEIGHT_DECAY, RESIDUAL_DECAY, CLIP = 0.9, 0.999, 1e-6, 0.01, 0.1, 1.0


def sample_batch(seed, candidates=STEP_CANDIDATES, rows=STEP_ROWS):
    """A random but valid training batch, for tracing and for the parity check."""
    g = torch.Generator().manual_seed(seed)
    ids = torch.randint(0, candidates, (rows, T), generator=g)
    at = torch.randperm(rows * T, generator=g)[:STEP_MASKED]
    target = ids.reshape(-1)[at]
    kind = torch.zeros(rows * T, dtype=torch.long)
    kind[at] = 3
    kind = kind.reshape(rows, T)
    return [torch.nn.functional.normalize(torch.randn(candidates, TEXT_DIMS, generator=g), dim=-1),
            torch.ones(candidates), torch.where(kind == 3, 0, ids), kind,
            torch.randint(0, 7, (rows, T), generator=g), torch.rand(rows, T, generator=g) * 3,
            torch.rand(rows, T, PARAMETER_FEATURES, generator=g), at, target, torch.ones(STEP_MASKED)]


def update(p, m, v, g, t, rate, decay):
    """AdamW: a parameter and its two moments after step number t."""
    m = BETA1 * m + (1 - BETA1) * g
    v = BETA2 * v + (1 - BETA2) * g * g
    c1, c2 = 1 - torch.exp(t * math.log(BETA1)), 1 - torch.exp(t * math.log(BETA2))
    return p - rate * ((m / c1) / (torch.sqrt(v / c2) + EPS) + decay * p), m, v


def clip_to(gradients):
    """(norm, factor): the norm of all gradients, and what brings it down to CLIP."""
    norm = torch.sqrt(sum((x * x).sum() for x in gradients) + 1e-12)
    return norm, torch.clamp(CLIP / norm, max=1.0)


def make_step(model):
    """(names, step): one AdamW step as a pure function of parameters, moments, residuals and a batch."""
    names = [name for name, _ in model.named_parameters()]

    class Losses(nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, *batch):
            return self.model.losses(*batch)

    losses = Losses()

    def loss(parameters, residual, batch):
        *inputs, weight = batch
        values = functional_call(losses, {f"model.{n}": p for n, p in parameters.items()}, (residual, *inputs))
        return (values * weight).sum() / (weight.sum() + 1e-6), values

    def step(ps, ms, vs, residual, t, rate, batch):
        r, rm, rv = residual
        (g, gr), (total, each) = grad_and_value(
            lambda pr: loss(pr[0], pr[1], batch), has_aux=True)((dict(zip(names, ps)), r))
        norm, clip = clip_to([*g.values(), gr])
        out = [update(p, m, v, g[n] * clip, t, rate, WEIGHT_DECAY) for n, p, m, v in zip(names, ps, ms, vs)]
        r, rm, rv = update(r, rm, rv, gr * clip, t, rate, RESIDUAL_DECAY)
        return [total, norm, each, *(o[0] for o in out), *(o[1] for o in out), *(o[2] for o in out), r, rm, rv]

    return names, step


def export_step(model, path):
    """Writes training-step.onnx and compares 20 of its steps with torch."""
    names, step = make_step(model)
    ps = [p.detach().clone() for p in model.parameters()]
    # Each input a tensor of its own: the tracer takes the same object twice for one input.
    ms, vs = [torch.zeros_like(p) for p in ps], [torch.zeros_like(p) for p in ps]
    residual = [torch.zeros(STEP_CANDIDATES, WIDTH) for _ in range(3)]
    batch_names = ["table", "valid", "ids", "kind", "severity", "gap", "parameters",
                   "at", "target", "weight"]

    def flat(*args):
        n = len(ps)
        return step(list(args[:n]), list(args[n:2 * n]), list(args[2 * n:3 * n]), list(args[3 * n:3 * n + 3]),
                    args[3 * n + 3], args[3 * n + 4], list(args[3 * n + 5:]))

    t, rate = torch.tensor(1.0), torch.tensor(1e-3)
    state = [f"{kind}.{name}" for kind in "pmv" for name in names] + ["r.p", "r.m", "r.v"]
    save_step(path, flat, [*ps, *ms, *vs, *residual, t, rate, *sample_batch(0)], state, batch_names,
              ["loss", "gradient_norm", "losses"], sample_batch)


def save_step(path, flat, args, state, batch_names, told_names, batch_of):
    """Traces a step and writes it as a plain ONNX graph, then compares it with torch.

    `flat` takes `args`: the state, the number of the step, the learning rate, a batch; it gives what it tells, and the
    state after the step. `batch_of` makes a batch from a seed."""
    graph = make_fx(flat, tracing_mode="real")(*args)

    class Step(nn.Module):
        def __init__(self):
            super().__init__()
            self.graph = graph

        def forward(self, args):
            return tuple(self.graph(*args))

    program = torch.onnx.export(
        Step(), (tuple(args),), dynamo=True, opset_version=18, external_data=False,
        input_names=[*state, "step_number", "learning_rate", *batch_names],
        output_names=[*told_names, *(f"o.{name}" for name in state)])
    program.save(path)
    exported = onnx.load(path)
    assert {node.domain for node in exported.graph.node} == {""}, "training ops have crept in"
    save_bare(exported, path)
    check_parity(path, flat, args, len(state), len(told_names), batch_of)


def check_parity(path, flat, args, states, told, batch_of, steps=20):
    session = ort.InferenceSession(path)
    names = [i.name for i in session.get_inputs()]
    torch_state, ort_state = args[:states], [a.numpy() for a in args[:states]]
    for k in range(1, steps + 1):
        rest = [torch.tensor(float(k)), torch.tensor(1e-3), *batch_of(k)]
        torch_out = [x.detach() for x in flat(*torch_state, *rest)]
        ort_out = session.run(None, dict(zip(names, [*ort_state, *(x.numpy() for x in rest)])))
        torch_state, ort_state = torch_out[told:], ort_out[told:]
    worst = max(np.abs(a.numpy() - b).max() for a, b in zip(torch_state, ort_state))
    print(f"training step: largest difference to torch after {steps} steps {worst:.2e}, loss {float(ort_out[0]):.4f}")
    assert worst < 1e-3


class Rows(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.text = model.text

    def forward(self, table, residual):
        return self.text(table) + residual


def export_scoring(model, directory):
    """Writes model.onnx and candidates.onnx with their weights in weights.bin, and checks them against torch."""
    dim = torch.export.Dim
    batch, positions = dim("batch", min=1, max=4096), dim("positions", min=2, max=POSITIONS)
    templates = dim("templates", min=1, max=8192)
    window = {0: batch, 1: positions}
    zeros = [torch.zeros(3, 5, dtype=torch.long) for _ in range(3)]
    example = (torch.randn(7, WIDTH), *zeros, torch.zeros(3, 5), torch.zeros(3, 5, PARAMETER_FEATURES),
               torch.zeros(3, dtype=torch.long))
    names = ["rows", "ids", "kind", "severity", "gap", "parameters", "at"]
    program = torch.onnx.export(
        ScoringGraph(model), example, dynamo=True, opset_version=18, external_data=False, input_names=names,
        output_names=["logits"], optimize=False,
        dynamic_shapes=({0: templates}, window, window, window, window, window, {0: batch}))
    # Folded parts of parameters would stay in the graph when the weights are others: only what is shorter than they are.
    onnxscript.optimizer.optimize_ir(program.model, input_size_limit=WIDTH // 2)
    program.save(os.path.join(directory, "model.onnx"))
    program = torch.onnx.export(
        Rows(model), (torch.randn(7, TEXT_DIMS), torch.randn(7, WIDTH)), dynamo=True, opset_version=18,
        external_data=False, input_names=["table", "residual"], output_names=["rows"],
        dynamic_shapes=({0: templates}, {0: templates}))
    program.save(os.path.join(directory, "candidates.onnx"))
    layout = write_weights(model, directory)
    used = set()
    for graph in ("model.onnx", "candidates.onnx"):
        used |= use_weights_file(os.path.join(directory, graph), model, layout)
    assert used == {entry["name"] for entry in layout}, "a parameter is in neither graph"
    check_scoring(model, directory)
    return layout


def write_weights(model, directory):
    """weights.bin, and where each parameter lies in it."""
    layout, offset = [], 0
    with open(os.path.join(directory, "weights.bin"), "wb") as file:
        for name, parameter in model.named_parameters():
            data = parameter.detach().numpy().astype("<f4").tobytes()
            file.write(data)
            layout.append({"name": name, "shape": list(parameter.shape), "offset": offset})
            offset += len(data)
    return layout


def use_weights_file(path, model, layout):
    """Points the graph's parameters at weights.bin and tells which they are; each must stand in the graph as torch has it."""
    graph = onnx.load(path)
    places = {entry["name"]: entry for entry in layout}
    parameters = dict(model.named_parameters())
    used = set()
    for tensor in graph.graph.initializer:
        name = tensor.name.removeprefix("model.")
        entry = places.get(name)
        if entry is None:
            assert np.prod(tensor.dims) < 64, f"{tensor.name} is no parameter"
            continue
        value = parameters[name].detach().numpy()
        assert np.array_equal(onnx.numpy_helper.to_array(tensor), value), tensor.name
        used.add(name)
        tensor.ClearField("raw_data")
        tensor.data_location = onnx.TensorProto.EXTERNAL
        for key, text in (("location", "weights.bin"), ("offset", str(entry["offset"])), ("length", str(value.nbytes))):
            pair = tensor.external_data.add()
            pair.key, pair.value = key, text
    save_bare(graph, path)
    return used


def save_bare(graph, path):
    """Without the exporter's notes on where each node came from, which are most of a small graph."""
    for item in [*graph.graph.node, *graph.graph.value_info, *graph.graph.input, *graph.graph.output,
                 *graph.graph.initializer, graph.graph, graph]:
        item.doc_string = ""
        del item.metadata_props[:]
    with open(path, "wb") as file:
        file.write(graph.SerializeToString())


def check_scoring(model, directory):
    g = torch.Generator().manual_seed(1)
    table, residual = torch.randn(11, TEXT_DIMS, generator=g), torch.randn(11, WIDTH, generator=g)
    feed = [torch.randint(0, 11, (4, T), generator=g), torch.randint(0, 5, (4, T), generator=g),
            torch.randint(0, 7, (4, T), generator=g), torch.rand(4, T, generator=g),
            torch.rand(4, T, PARAMETER_FEATURES, generator=g), torch.randint(0, T, (4,), generator=g)]
    rows = ort.InferenceSession(os.path.join(directory, "candidates.onnx")).run(
        None, {"table": table.numpy(), "residual": residual.numpy()})[0]
    session = ort.InferenceSession(os.path.join(directory, "model.onnx"))
    got = session.run(None, dict(zip([i.name for i in session.get_inputs()], [rows, *(x.numpy() for x in feed)])))[0]
    with torch.no_grad():
        worst = np.abs(got - model(model.rows(table, residual), *feed).numpy()).max()
    print(f"scoring graph: largest difference to torch {worst:.2e}")
    assert worst < 1e-3


def file_digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def write_config(directory, version, layout, extra_files=("text-encoder.onnx", "tokenizer.json")):
    """config.json: what the directory holds, with a SHA-256 of every file."""
    files = ["model.onnx", "candidates.onnx", "weights.bin", "training-step.onnx", *extra_files]
    paths = {name: os.path.join(directory, name) for name in files}
    config = {
        "format": "logbert-event-model/2", "version": version, "events_max": EVENTS_MAX,
        "text_dimensions": TEXT_DIMS, "width": WIDTH, "parameter_features": PARAMETER_FEATURES,
        "training": {"rows": STEP_ROWS, "positions": T, "candidates": STEP_CANDIDATES,
                     "masked": STEP_MASKED},
        "parameters": layout,
        "files": {name: file_digest(path) for name, path in paths.items() if os.path.exists(path)},
    }
    with open(os.path.join(directory, "config.json"), "w", encoding="utf8") as file:
        json.dump(config, file, indent=2)
        file.write("\n")


def export(model, directory, version):
    """A whole model directory, less the text encoder's files."""
    os.makedirs(directory, exist_ok=True)
    model = model.eval()
    layout = export_scoring(model, directory)
    export_step(model, os.path.join(directory, "training-step.onnx"))
    write_config(directory, version, layout)


if __name__ == "__main__":
    import sys
    torch.manual_seed(7)
    export(EventModel(), sys.argv[1], "untrained")
