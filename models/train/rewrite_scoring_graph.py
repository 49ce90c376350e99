"""Writes model.onnx and candidates.onnx of an existing model directory anew, with the weights that it has.

    python models/train/rewrite_scoring_graph.py models/logbert-s models/leave-one-out/*
"""
import json
import os
import sys

import numpy as np
import torch

from event_model import EventModel
from export_event_model import export_scoring, file_digest


def load(directory, config):
    model = EventModel()
    parameters = dict(model.named_parameters())
    with open(os.path.join(directory, "weights.bin"), "rb") as file:
        data = file.read()
    for entry in config["parameters"]:
        values = np.frombuffer(data, "<f4", int(np.prod(entry["shape"])), entry["offset"])
        parameters[entry["name"]].data = torch.from_numpy(values.reshape(entry["shape"]).copy())
    return model.eval()


def rewrite(directory):
    path = os.path.join(directory, "config.json")
    with open(path, encoding="utf8") as file:
        config = json.load(file)
    layout = export_scoring(load(directory, config), directory)
    assert layout == config["parameters"], "the weights lie elsewhere now"
    config["files"] = {name: file_digest(os.path.join(directory, name)) for name in config["files"]}
    with open(path, "w", encoding="utf8") as file:
        json.dump(config, file, indent=2)
        file.write("\n")


if __name__ == "__main__":
    for each in sys.argv[1:]:
        rewrite(each)
