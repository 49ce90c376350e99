"""Pretrains the event transformer on many systems at once and exports a model directory.

`--without` leaves systems out by family: leave-one-system-out models are what an evaluation on that system may start from.
"""
import argparse
import json
import math
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from event_model import BEGIN, END, EVENT, EVENTS_MAX, MASK, PAD, PARAMETER_FEATURES, TEXT_DIMS, WIDTH, EventModel, T
from export_event_model import export

LEARNING_RATE = 2e-3
BATCH = 96
"""A very long stream must not crowd the others out."""
SEQUENCE_WEIGHT_MAX = 400
"""How often a family is drawn; the rest counts 1. Small samples are seen less, so that they are not learned by heart."""
FAMILY_WEIGHT = {"generated": 4.0, "hdfs": 2.0, "bgl": 2.0, "iotdb": 2.0, "openstack": 1.0}
SAMPLE_WEIGHT = 0.3


class System:
    """One system's templates and sequences; `is_session` says whether a sequence's begin and end mean something."""

    def __init__(self, row, vectors):
        self.name, self.family, self.is_session = row["name"], row["family"], row["isSession"]
        self.table = torch.from_numpy(np.stack([vectors[text] for text in row["templates"]]))
        sequences = [s for s in row["sequences"] if len(s["ids"]) > 1]
        self.ids = [np.array(s["ids"]) for s in sequences]
        self.severities = [np.array(s["severities"]) if "severities" in s else None for s in sequences]
        self.gaps = [np.array(s["gaps"], np.float32) if "gaps" in s else None for s in sequences]
        lengths = np.array([min(len(ids), SEQUENCE_WEIGHT_MAX) for ids in self.ids], float)
        self.cumulative = np.cumsum(lengths / lengths.sum())

    def window(self, rng):
        """Up to EVENTS_MAX events that end somewhere in a sequence, and whether its begin and its end belong to them."""
        at = min(int(np.searchsorted(self.cumulative, rng.random())), len(self.ids) - 1)
        n = len(self.ids[at])
        end = int(rng.integers(1, n + (2 if self.is_session else 1)))
        closed, last = self.is_session and end == n + 1, min(end, n)
        span = slice(max(0, last - EVENTS_MAX), last)
        begins = self.is_session and last <= EVENTS_MAX and rng.random() < 0.9
        severities = self.severities[at][span] if self.severities[at] is not None else np.zeros(last - span.start, int)
        gaps = self.gaps[at][span] if self.gaps[at] is not None else None
        return disturbed(self.ids[at][span], severities, gaps, rng) + (begins, closed)


def disturbed(ids, severities, gaps, rng):
    """One window in ten has an event too few, doubled or swapped, so that noise around an event is tolerated."""
    order = np.arange(len(ids))
    if rng.random() < 0.1 and len(ids) > 3:
        i, kind = int(rng.integers(0, len(ids) - 1)), rng.integers(3)
        if kind == 0:
            order = np.delete(order, i)
        elif kind == 1:
            order = np.insert(order, i, i)[-EVENTS_MAX:]
        else:
            order[[i, i + 1]] = order[[i + 1, i]]
    return ids[order], severities[order], None if gaps is None else gaps[order]


def batch(system, rng, rotations):
    """Windows of one system with masked positions: the candidates are that system's templates."""
    shape = (BATCH, T)
    ids, kind, target = np.zeros(shape, np.int64), np.full(shape, PAD, np.int64), np.full(shape, -1, np.int64)
    gap, severity = np.zeros(shape, np.float32), np.zeros(shape, np.int64)
    for row in range(BATCH):
        events, severities, gaps, begins, closed = system.window(rng)
        first = int(begins)
        end = first + len(events)
        if begins:
            kind[row, 0] = BEGIN
        ids[row, first:end], kind[row, first:end] = events, EVENT
        if closed:
            kind[row, end] = END
        # Severity and time are hidden often: many senders set neither.
        if rng.random() < 0.6:
            severity[row, first:end] = severities
        if gaps is not None and rng.random() < 0.6:
            gap[row, first:end] = gaps
        last = end if closed else end - 1
        if rng.random() < 0.6:
            masked = {last}
        else:
            share = 0.15 if rng.random() < 0.5 else 0.3
            masked = {at for at in range(first, last + 1) if rng.random() < share} or {last}
        for at in masked:
            target[row, at] = len(system.table) if kind[row, at] == END else ids[row, at]
            kind[row, at], ids[row, at], severity[row, at], gap[row, at] = MASK, 0, 0, 0
    return table_view(system.table, rng, rotations), *(torch.from_numpy(a) for a in (ids, kind, severity, gap, target))


def table_view(table, rng, rotations):
    """Often other vectors than the true ones: what follows what must be read from the window, for systems never seen."""
    r = rng.random()
    if r < 0.25:
        return table @ rotations[int(rng.integers(len(rotations)))]
    if r < 0.4:
        return F.normalize(torch.randn(table.shape), dim=-1)
    return table


def centre_distance(hidden, kind, centre):
    """LogBERT's hypersphere term (its equation 8): squared distance of a window's mean state to the centre."""
    real = (kind != PAD).float().unsqueeze(-1)
    mean = (hidden * real).sum(1) / real.sum(1)
    return ((mean - centre) ** 2).sum(-1).mean(), mean.detach().mean(0)


def train(systems, steps, rng, hypersphere):
    """AdamW with a cosine schedule; the result is the exponential moving average of the weights."""
    families = sorted({system.family for system in systems})
    weights = np.array([FAMILY_WEIGHT.get(family, SAMPLE_WEIGHT) for family in families])
    rotations = [torch.linalg.qr(torch.randn(TEXT_DIMS, TEXT_DIMS))[0] for _ in range(32)]
    model = EventModel()
    # Parameter features are learned from a service's own logs alone: until then they must not disturb.
    nn.init.zeros_(model.parameter.weight)
    average = {name: value.detach().clone() for name, value in model.state_dict().items()}
    print("parameters", sum(p.numel() for p in model.parameters()))
    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, weight_decay=0.01, eps=1e-6)
    started, losses, centre = time.time(), {}, torch.zeros(WIDTH)
    for step in range(1, steps + 1):
        rate = LEARNING_RATE * min(1, step / 100) * (0.5 + 0.5 * math.cos(math.pi * step / steps))
        for group in optimizer.param_groups:
            group["lr"] = rate
        family = families[int(rng.choice(len(families), p=weights / weights.sum()))]
        choices = [one for one in systems if one.family == family]
        system = choices[int(rng.integers(len(choices)))]
        table, ids, kind, severity, gap, target = batch(system, rng, rotations)
        rows = model.rows(table, torch.zeros(len(table), WIDTH))
        hidden = model.hidden(rows, ids, kind, severity, gap, torch.zeros(*ids.shape, PARAMETER_FEATURES))
        picked = target >= 0
        loss = F.cross_entropy(model.logits(hidden[picked], rows), target[picked])
        losses[family] = 0.98 * losses.get(family, loss.item()) + 0.02 * loss.item()
        if hypersphere > 0:
            distance, mean = centre_distance(hidden, kind, centre)
            centre = 0.99 * centre + 0.01 * mean
            loss = loss + hypersphere * distance
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        decay = min(0.998, step / (step + 10))
        for name, value in model.state_dict().items():
            average[name].mul_(decay).add_(value.detach(), alpha=1 - decay)
        if step % 500 == 0:
            print(step, f"{time.time() - started:.0f}s", {k: round(v, 3) for k, v in losses.items()}, flush=True)
    model.load_state_dict(average)
    return model.eval()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", required=True, help="what build-corpus.ts wrote")
    parser.add_argument("--vectors", required=True, help="what encode-corpus.ts wrote: text -> vector")
    parser.add_argument("--out", required=True, help="model directory to write")
    parser.add_argument("--version", default="logbert-s-2", help="name of the weights")
    parser.add_argument("--without", default="", help="families to leave out, separated by commas")
    parser.add_argument("--steps", type=int, default=8000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--hypersphere", type=float, default=0.0, help="weight of LogBERT's hypersphere term")
    arguments = parser.parse_args()
    torch.manual_seed(arguments.seed)
    torch.set_num_threads(1)
    with open(arguments.vectors, encoding="utf8") as file:
        vectors = {text: np.array(vector, np.float32) for text, vector in json.load(file).items()}
    with open(arguments.corpus, encoding="utf8") as file:
        without = arguments.without.split(",")
        systems = [System(row, vectors) for row in json.load(file) if row["family"] not in without]
    model = train(systems, arguments.steps, np.random.default_rng(arguments.seed), arguments.hypersphere)
    export(model, arguments.out, arguments.version)


if __name__ == "__main__":
    main()
