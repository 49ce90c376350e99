"""Trains the event transformer of logbert-s by masked event prediction and exports it to ONNX.

LogBERT (Guo, Yuan, Wu: LogBERT: Log Anomaly Detection via BERT, IJCNN 2021) predicts masked log keys from their
context. Here a key is its template's text vector, and the candidates are the templates of the same system, so that the
vocabulary is open: a service that the model has never seen brings its own table.
"""
import argparse, json, math, random, time
import numpy as np, torch, torch.nn as nn, torch.nn.functional as F

EVENT, BEGIN, END, MASK, PAD = range(5)
DIMS, WIDTH, LAYERS, HEADS, SIZE, POSITIONS = 256, 64, 2, 4, 20, 64
T = SIZE + 2


class Block(nn.Module):
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
    """One system's templates and sequences; `session` says whether a sequence's begin and end mean something."""

    def __init__(self, row):
        self.name, self.session = row["name"], row["session"]
        self.table = torch.tensor(row["vecs"], dtype=torch.float32)
        self.seqs = [np.array(s) for s in row["seqs"] if len(s) > 1]
        self.sev = row.get("sev")
        lengths = np.array([min(len(s), 400) for s in self.seqs], float)
        self.weights = lengths / lengths.sum()

    def window(self, rng):
        seq = self.seqs[rng.choice(len(self.seqs), p=self.weights)]
        n = len(seq)
        end = int(rng.integers(1, n + (2 if self.session else 1)))
        closed = self.session and end == n + 1
        events = list(seq[max(0, min(end, n) - SIZE):min(end, n)])
        begins = self.session and min(end, n) <= SIZE
        if rng.random() < 0.1 and len(events) > 3:
            i = int(rng.integers(0, len(events) - 1)); r = rng.random()
            if r < 0.33: del events[i]
            elif r < 0.66: events.insert(i, events[i]); events = events[-SIZE:]
            else: events[i], events[i + 1] = events[i + 1], events[i]
        return events, begins and rng.random() < 0.9, closed


def batch(system, rng, size, rotations):
    ids = np.zeros((size, T), np.int64); kind = np.full((size, T), PAD, np.int64); target = np.full((size, T), -1, np.int64)
    gap = np.zeros((size, T), np.float32); sev = np.zeros((size, T), np.int64)
    vocabulary = system.table.shape[0]
    for b in range(size):
        events, begins, closed = system.window(rng)
        t = 0
        if begins: kind[b, 0] = BEGIN; t = 1
        first = t
        for e in events: ids[b, t] = e; kind[b, t] = EVENT; t += 1
        if closed: kind[b, t] = END; t += 1
        use_sev = rng.random() < 0.5
        if use_sev and system.sev is not None:
            sev[b, first:first + len(events)] = [system.sev[e] for e in events]
        if rng.random() < 0.4:
            gap[b, first:first + len(events)] = np.log1p(rng.exponential(1.0, len(events)))
        masked = [first + i for i in range(t - first) if rng.random() < (0.15 if rng.random() < .5 else 0.3)]
        if rng.random() < 0.5 or not masked: masked.append(t - 1)
        for m in set(masked):
            target[b, m] = vocabulary if kind[b, m] == END else ids[b, m]
            kind[b, m] = MASK; ids[b, m] = 0
    table = system.table
    r = rng.random()
    if r < 0.25: table = table @ rotations[int(rng.integers(len(rotations)))]
    elif r < 0.35: table = F.normalize(torch.randn(table.shape), dim=-1)
    return table, *(torch.from_numpy(a) for a in (ids, kind, sev, gap, target))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--corpus", required=True); p.add_argument("--out", required=True)
    p.add_argument("--steps", type=int, default=4000); p.add_argument("--seed", type=int, default=7)
    a = p.parse_args()
    torch.manual_seed(a.seed); rng = np.random.default_rng(a.seed); random.seed(a.seed); torch.set_num_threads(2)
    systems = [System(row) for row in json.load(open(a.corpus))]
    rotations = [torch.linalg.qr(torch.randn(DIMS, DIMS))[0] for _ in range(32)]
    model = EventModel(); ema = {k: v.detach().clone() for k, v in model.state_dict().items()}
    print("parameters", sum(x.numel() for x in model.parameters()))
    opt = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.01, eps=1e-6)
    t0 = time.time(); running = {}
    for step in range(1, a.steps + 1):
        for g in opt.param_groups: g["lr"] = 2e-3 * min(1, step / 100) * (0.5 + 0.5 * math.cos(math.pi * step / a.steps))
        s = systems[int(rng.integers(len(systems)))]
        table, ids, kind, sev, gap, target = batch(s, rng, 96, rotations)
        h, rows = model.hidden(table, ids, kind, sev, gap)
        pick = target >= 0
        loss = F.cross_entropy(model.logits(h[pick], rows), target[pick])
        opt.zero_grad(); loss.backward(); nn.utils.clip_grad_norm_(model.parameters(), 1.0); opt.step()
        decay = min(0.998, step / (step + 10))
        for k, v in model.state_dict().items(): ema[k].mul_(decay).add_(v.detach(), alpha=1 - decay)
        running[s.name] = 0.98 * running.get(s.name, loss.item()) + 0.02 * loss.item()
        if step % 250 == 0: print(step, f"{time.time()-t0:.0f}s", {k: round(v, 3) for k, v in running.items()}, flush=True)
    model.load_state_dict(ema); model.eval()
    torch.save(model.state_dict(), a.out + "/model.pt")
    export(model, a.out + "/model.onnx")


def export(model, path):
    v, b, t = 7, 3, 5
    args = (torch.randn(v, DIMS), torch.zeros(b, t, dtype=torch.long), torch.zeros(b, t, dtype=torch.long),
            torch.zeros(b, t, dtype=torch.long), torch.zeros(b, t), torch.zeros(b, dtype=torch.long))
    D = torch.export.Dim
    B, TT, V = D("batch", min=1, max=4096), D("positions", min=2, max=POSITIONS), D("templates", min=1, max=8192)
    program = torch.onnx.export(model, args, dynamo=True, opset_version=18, external_data=False,
        input_names=["table", "ids", "kind", "severity", "gap", "at"], output_names=["logits"],
        dynamic_shapes=({0: V}, {0: B, 1: TT}, {0: B, 1: TT}, {0: B, 1: TT}, {0: B, 1: TT}, {0: B}))
    program.save(path)
    import onnxruntime as ort
    s = ort.InferenceSession(path)
    feed = [torch.randn(11, DIMS), torch.randint(0, 11, (4, 22)), torch.randint(0, 5, (4, 22)), torch.randint(0, 7, (4, 22)), torch.rand(4, 22), torch.randint(0, 22, (4,))]
    got = s.run(None, {i.name: x.numpy() for i, x in zip(s.get_inputs(), feed)})[0]
    with torch.no_grad(): want = model(*feed).numpy()
    print("onnx parity", np.abs(got - want).max(), got.shape)


if __name__ == "__main__":
    main()
