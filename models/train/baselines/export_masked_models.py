"""Exports the graphs of the two baselines that are trained while `logbert evaluate` runs: for each a whole AdamW step and
a scoring graph, with the machinery of ../export_event_model.py. No weights: they are drawn where they are trained."""
import json
import os
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import torch
from torch import nn
from torch.func import functional_call, grad_and_value

from masked_model import SPECIAL, WIDTH, MaskedModel, starts
from export_event_model import clip_to, save_bare, save_step, update, use_weights_file, write_weights

"""Sizes of a training step, which the traced graph has built in. The largest data set has 449 log keys and 821 words in
its training part."""
SIZES = {
    "log-keys": {"words": 512, "rows": 32, "positions": 64, "masked": 1024},
    "words": {"words": 1024, "rows": 64, "positions": 32, "masked": 320},
}
"""LogBERT's Adam has none."""
WEIGHT_DECAY = 0.0


def batches(size):
    """A function from a seed to a random but valid batch."""
    vocabulary, rows, positions, masked = SPECIAL + size["words"], size["rows"], size["positions"], size["masked"]

    def batch_of(seed):
        g = torch.Generator().manual_seed(seed)
        ids = torch.randint(SPECIAL, vocabulary, (rows, positions), generator=g)
        ids[:, positions // 2:] *= (torch.rand(rows, 1, generator=g) < 0.5)
        return [ids, torch.ones(vocabulary), torch.randint(0, rows * positions, (masked,), generator=g),
                torch.randint(SPECIAL, vocabulary, (masked,), generator=g),
                (torch.rand(masked, generator=g) < 0.8).float(), torch.randn(WIDTH, generator=g), torch.tensor(0.1)]

    return batch_of


def export_step(model, path, batch_of):
    names = [name for name, _ in model.named_parameters()]
    n = len(names)

    class Loss(nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, *batch):
            return self.model.loss(*batch)

    wrapped = Loss()

    def flat(*args):
        ps, ms, vs, (t, rate), batch = args[:n], args[n:2 * n], args[2 * n:3 * n], args[3 * n:3 * n + 2], args[3 * n + 2:]
        g, (loss, first) = grad_and_value(
            lambda p: functional_call(wrapped, {f"model.{k}": v for k, v in p.items()}, batch), has_aux=True)(
                dict(zip(names, ps)))
        norm, clip = clip_to(g.values())
        out = [update(p, m, v, g[k] * clip, t, rate, WEIGHT_DECAY) for k, p, m, v in zip(names, ps, ms, vs)]
        return [loss, norm, first, *(o[0] for o in out), *(o[1] for o in out), *(o[2] for o in out)]

    ps = [p.detach().clone() for p in model.parameters()]
    moments = [torch.zeros_like(p) for p in ps + ps]
    state = [f"{kind}.{name}" for kind in "pmv" for name in names]
    save_step(path, flat, [*ps, *moments, torch.tensor(1.0), torch.tensor(1e-3), *batch_of(0)], state,
              ["ids", "valid", "at", "target", "weight", "center", "pull"], ["loss", "gradient_norm", "first"], batch_of)


def export_scoring(model, directory, batch_of):
    """Writes model.onnx, which looks for its weights in weights.bin, and gives their layout."""
    dim = torch.export.Dim
    rows, positions = dim("rows", min=1, max=4096), dim("positions", min=2, max=model.position.num_embeddings)
    ids, valid, at, *_ = batch_of(1)
    path = os.path.join(directory, "model.onnx")
    program = torch.onnx.export(
        model, (ids[:3, :5], valid, at[:4] % 15), dynamo=True, opset_version=18, external_data=False,
        input_names=["ids", "valid", "at"], output_names=["logits", "first"],
        dynamic_shapes=({0: rows, 1: positions}, None, {0: dim("masked", min=1, max=262144)}))
    program.save(path)
    save_bare(onnx.load(path), path)
    layout = write_weights(model, directory)
    use_weights_file(path, model, layout)
    feed = {"ids": ids[:7, :9].numpy(), "valid": valid.numpy(), "at": (at[:20] % 63).numpy()}
    got = ort.InferenceSession(path).run(None, feed)
    with torch.no_grad():
        wanted = model(*(torch.from_numpy(x) for x in feed.values()))
    worst = max(np.abs(a - b.numpy()).max() for a, b in zip(got, wanted))
    print(f"scoring graph: largest difference to torch {worst:.2e}")
    assert worst < 1e-3
    os.remove(os.path.join(directory, "weights.bin"))
    return layout


def export(directory, size):
    os.makedirs(directory, exist_ok=True)
    torch.manual_seed(7)
    model = MaskedModel(SPECIAL + size["words"], size["positions"]).eval()
    layout = export_scoring(model, directory, batches(size))
    export_step(model, os.path.join(directory, "training-step.onnx"), batches(size))
    begin = starts(model)
    config = {
        "format": "logbert-masked-model/1", "width": WIDTH, **size,
        "parameters": [{**entry, "mean": begin[entry["name"]][0], "deviation": begin[entry["name"]][1]}
                       for entry in layout],
    }
    with open(os.path.join(directory, "config.json"), "w", encoding="utf8") as file:
        json.dump(config, file, indent=2)
        file.write("\n")


if __name__ == "__main__":
    for name, size in SIZES.items():
        export(str(Path(sys.argv[1]) / name), size)
