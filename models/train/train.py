"""Trains the event transformer of logbert-s by masked event prediction and exports it to ONNX.

LogBERT (Guo, Yuan, Wu: LogBERT: Log Anomaly Detection via BERT, IJCNN 2021) predicts masked log keys from their
context. Here a key is its template's text vector, and the candidates are the templates of the same system, so that the
vocabulary is open: a service that the model has never seen brings its own table.
"""
import argparse
import json
import math
import os
import time

import numpy as np
import onnxruntime as ort
import torch
import torch.nn.functional as F
from torch import nn

EVENT, BEGIN, END, MASK, PAD = range(5)
DIMS, WIDTH, LAYERS, HEADS, SIZE, POSITIONS = 256, 64, 2, 4, 20, 64
T = SIZE + 2
LEARNING_RATE = 2e-3


class Block(nn.Module):
    """A pre-norm transformer block. Attention is written out: the exporter has no function for the fused one."""

    def __init__(self):
        super().__init__()
        self.ln1, self.ln2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.up, self.down = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x, bias):
        b, t, _ = x.shape
        q, k, v = self.qkv(self.ln1(x)).reshape(b, t, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4).unbind(0)
        a = torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(WIDTH // HEADS) + bias, -1)
        x = x + self.out((a @ v).transpose(1, 2).reshape(b, t, WIDTH))
        return x + self.down(F.gelu(self.up(self.ln2(x))))


class EventModel(nn.Module):
    """Masked event prediction over the templates of `table` [V, DIMS] and the end of the session."""

    def __init__(self):
        super().__init__()
        self.text = nn.Linear(DIMS, WIDTH)
        self.kind = nn.Embedding(5, WIDTH)
        self.severity = nn.Embedding(7, WIDTH)
        self.gap = nn.Linear(1, WIDTH)
        self.position = nn.Embedding(POSITIONS, WIDTH)
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.ln = nn.LayerNorm(WIDTH)
        self.head = nn.Linear(WIDTH, WIDTH)
        self.end = nn.Parameter(torch.randn(WIDTH) * 0.02)
        self.scale = nn.Parameter(torch.tensor(1.0))
        for e in (self.kind, self.severity, self.position):
            nn.init.normal_(e.weight, std=0.1)

    def hidden(self, table, ids, kind, severity, gap):
        rows = self.text(table)
        is_event = (kind == EVENT).to(rows.dtype).unsqueeze(-1)
        x = (rows[ids] + self.severity(severity) + self.gap(gap.unsqueeze(-1))) * is_event
        x = x + self.kind(kind) + self.position(torch.arange(ids.shape[1]))
        bias = (kind == PAD).to(rows.dtype)[:, None, None, :] * -1e4
        for block in self.blocks:
            x = block(x, bias)
        return self.head(self.ln(x)), rows

    def logits(self, h, rows):
        candidates = torch.cat([rows, self.end.unsqueeze(0)], 0)
        return h @ candidates.t() * (self.scale / math.sqrt(WIDTH))

    def forward(self, table, ids, kind, severity, gap, at):
        h, rows = self.hidden(table, ids, kind, severity, gap)
        picked = h[torch.arange(ids.shape[0]), at]
        return self.logits(picked, rows)


class System:
    """One system's templates and sequences; `is_session` says whether a sequence's begin and end mean something."""

    def __init__(self, row):
        self.name, self.is_session = row["name"], row["isSession"]
        self.family = self.name.split("-")[0]
        self.table = torch.tensor(row["vectors"], dtype=torch.float32)
        self.severities = np.array(row["severities"]) if "severities" in row else None
        self.sequences = [np.array(sequence) for sequence in row["sequences"] if len(sequence) > 1]
        # A very long stream must not crowd the others out.
        lengths = np.array([min(len(sequence), 400) for sequence in self.sequences], float)
        self.weights = lengths / lengths.sum()

    def window(self, rng):
        """Up to SIZE events that end somewhere in a sequence, and whether its begin and its end belong to them."""
        sequence = self.sequences[rng.choice(len(self.sequences), p=self.weights)]
        n = len(sequence)
        end = int(rng.integers(1, n + (2 if self.is_session else 1)))
        closed = self.is_session and end == n + 1
        last = min(end, n)
        events = list(sequence[max(0, last - SIZE):last])
        begins = self.is_session and last <= SIZE and rng.random() < 0.9
        return disturbed(events, rng), begins, closed


def disturbed(events, rng):
    """One window in ten has an event too few, doubled or swapped, so that noise around an event is tolerated."""
    if rng.random() >= 0.1 or len(events) <= 3:
        return events
    i, kind = int(rng.integers(0, len(events) - 1)), rng.integers(3)
    if kind == 0:
        del events[i]
    elif kind == 1:
        events.insert(i, events[i])
    else:
        events[i], events[i + 1] = events[i + 1], events[i]
    return events[-SIZE:]


def batch(system, rng, size, rotations):
    """Windows of one system with masked positions: the candidates are that system's templates."""
    shape = (size, T)
    ids, kind, target = np.zeros(shape, np.int64), np.full(shape, PAD, np.int64), np.full(shape, -1, np.int64)
    gap, severity = np.zeros(shape, np.float32), np.zeros(shape, np.int64)
    for row in range(size):
        events, begins, closed = system.window(rng)
        first = int(begins)
        end = first + len(events)
        if begins:
            kind[row, 0] = BEGIN
        ids[row, first:end], kind[row, first:end] = events, EVENT
        if closed:
            kind[row, end] = END
        # Severity and time are hidden often: many senders set neither.
        if system.severities is not None and rng.random() < 0.5:
            severity[row, first:end] = system.severities[events]
        if rng.random() < 0.4:
            gap[row, first:end] = np.log1p(rng.exponential(1.0, len(events)))
        last = end if closed else end - 1
        share = 0.15 if rng.random() < 0.5 else 0.3
        masked = {at for at in range(first, last + 1) if rng.random() < share}
        if rng.random() < 0.5 or not masked:
            masked.add(last)
        for at in masked:
            target[row, at] = len(system.table) if kind[row, at] == END else ids[row, at]
            kind[row, at], ids[row, at] = MASK, 0
    return table_view(system.table, rng, rotations), *(torch.from_numpy(a) for a in (ids, kind, severity, gap, target))


def table_view(table, rng, rotations):
    """Often other vectors than the true ones: what follows what must be read from the window, for systems never seen."""
    r = rng.random()
    if r < 0.3:
        return table @ rotations[int(rng.integers(len(rotations)))]
    if r < 0.5:
        return F.normalize(torch.randn(table.shape), dim=-1)
    return table


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", required=True, help="what build-corpus.ts wrote")
    parser.add_argument("--out", required=True, help="directory for model.onnx")
    parser.add_argument("--steps", type=int, default=15000)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    torch.manual_seed(arguments.seed)
    torch.set_num_threads(2)
    with open(arguments.corpus, encoding="utf8") as file:
        systems = [System(row) for row in json.load(file)]
    model = train(systems, arguments.steps, np.random.default_rng(arguments.seed))
    os.makedirs(arguments.out, exist_ok=True)
    export(model, os.path.join(arguments.out, "model.onnx"))


def train(systems, steps, rng):
    """AdamW with a cosine schedule; the result is the exponential moving average of the weights."""
    families = sorted({system.family for system in systems})
    rotations = [torch.linalg.qr(torch.randn(DIMS, DIMS))[0] for _ in range(32)]
    model = EventModel()
    average = {name: value.detach().clone() for name, value in model.state_dict().items()}
    print("parameters", sum(p.numel() for p in model.parameters()))
    # An eps of 1e-8 would vanish in an ONNX export of the step.
    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, weight_decay=0.01, eps=1e-6)
    started, losses = time.time(), {}
    for step in range(1, steps + 1):
        rate = LEARNING_RATE * min(1, step / 100) * (0.5 + 0.5 * math.cos(math.pi * step / steps))
        for group in optimizer.param_groups:
            group["lr"] = rate
        family = families[int(rng.integers(len(families)))]
        system = rng.choice([one for one in systems if one.family == family])
        table, ids, kind, severity, gap, target = batch(system, rng, 96, rotations)
        hidden, rows = model.hidden(table, ids, kind, severity, gap)
        picked = target >= 0
        loss = F.cross_entropy(model.logits(hidden[picked], rows), target[picked])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        decay = min(0.998, step / (step + 10))
        for name, value in model.state_dict().items():
            average[name].mul_(decay).add_(value.detach(), alpha=1 - decay)
        losses[family] = 0.98 * losses.get(family, loss.item()) + 0.02 * loss.item()
        if step % 250 == 0:
            print(step, f"{time.time() - started:.0f}s", {k: round(v, 3) for k, v in losses.items()}, flush=True)
    model.load_state_dict(average)
    return model.eval()


def export(model, path):
    """Writes the ONNX graph with dynamic batch, positions and templates, and checks it against torch."""
    example = (torch.randn(7, DIMS), *(torch.zeros(3, 5, dtype=torch.long) for _ in range(3)), torch.zeros(3, 5),
               torch.zeros(3, dtype=torch.long))
    dim = torch.export.Dim
    batches, positions = dim("batch", min=1, max=4096), dim("positions", min=2, max=POSITIONS)
    templates = dim("templates", min=1, max=8192)
    window = {0: batches, 1: positions}
    program = torch.onnx.export(
        model, example, dynamo=True, opset_version=18, external_data=False,
        input_names=["table", "ids", "kind", "severity", "gap", "at"], output_names=["logits"],
        dynamic_shapes=({0: templates}, window, window, window, window, {0: batches}))
    program.save(path)
    session = ort.InferenceSession(path)
    feed = [torch.randn(11, DIMS), torch.randint(0, 11, (4, T)), torch.randint(0, 5, (4, T)),
            torch.randint(0, 7, (4, T)), torch.rand(4, T), torch.randint(0, T, (4,))]
    got = session.run(None, {i.name: x.numpy() for i, x in zip(session.get_inputs(), feed)})[0]
    with torch.no_grad():
        difference = np.abs(got - model(*feed).numpy()).max()
    print("largest difference between ONNX and torch", difference)
    assert difference < 1e-3


if __name__ == "__main__":
    main()
