"""The event transformer: LogBERT's masked event prediction (Guo, Yuan, Wu: LogBERT, IJCNN 2021) over an open vocabulary.

A position holds an event, the begin or the end of a session, or a mask. An event is its template's text vector, a
residual of its own (zero until a service's own logs have trained it), its severity, the time since the event before and
four parameter features. The model says which of the service's templates, or the end, stands at a masked position.

Linear layers are written as x @ W with W of shape [in, out], so that every parameter stands in the exported graphs as it
is, and one file of weights serves the scoring graph and the training step.
"""
import math

import torch
import torch.nn.functional as F
from torch import nn

EVENT, BEGIN, END, MASK, PAD = range(5)
TEXT_DIMS, WIDTH, LAYERS, HEADS, PARAMETER_FEATURES = 128, 64, 2, 4, 4
EVENTS_MAX, POSITIONS = 20, 24
"""Positions of one training row: a begin, EVENTS_MAX events, an end."""
T = EVENTS_MAX + 2
GAP_CENTRES = 8


class Linear(nn.Module):
    """x @ weight + bias, the weight as [inputs, outputs]."""

    def __init__(self, inputs, outputs, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(inputs, outputs) / math.sqrt(inputs))
        self.bias = nn.Parameter(torch.zeros(outputs)) if bias else None

    def forward(self, x):
        y = x @ self.weight
        return y if self.bias is None else y + self.bias


class Block(nn.Module):
    """A pre-norm transformer block. Attention is written out: the exporter has no function for the fused one."""

    def __init__(self):
        super().__init__()
        self.ln1, self.ln2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.qkv, self.out = Linear(WIDTH, 3 * WIDTH), Linear(WIDTH, WIDTH)
        self.up, self.down = Linear(WIDTH, 4 * WIDTH), Linear(4 * WIDTH, WIDTH)

    def forward(self, x, bias):
        b, t, _ = x.shape
        q, k, v = self.qkv(self.ln1(x)).reshape(b, t, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4).unbind(0)
        a = torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(WIDTH // HEADS) + bias, -1)
        x = x + self.out((a @ v).transpose(1, 2).reshape(b, t, WIDTH))
        return x + self.down(F.gelu(self.up(self.ln2(x))))


class EventModel(nn.Module):
    """Masked event prediction over the candidate rows of a service and the end of the session."""

    def __init__(self):
        super().__init__()
        self.text = Linear(TEXT_DIMS, WIDTH)
        self.kind = nn.Embedding(5, WIDTH)
        self.severity = nn.Embedding(7, WIDTH)
        self.gap = Linear(GAP_CENTRES, WIDTH, bias=False)
        self.parameter = Linear(PARAMETER_FEATURES, WIDTH, bias=False)
        self.position = nn.Embedding(POSITIONS, WIDTH)
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.ln = nn.LayerNorm(WIDTH)
        self.head = Linear(WIDTH, WIDTH)
        self.end = nn.Parameter(torch.randn(1, WIDTH) * 0.02)
        self.scale = nn.Parameter(torch.ones(1))
        for e in (self.kind, self.severity, self.position):
            nn.init.normal_(e.weight, std=0.1)
        nn.init.normal_(self.parameter.weight, std=0.02)

    def rows(self, table, residual):
        """Candidate rows [V, WIDTH] from text vectors [V, TEXT_DIMS] and residuals [V, WIDTH]."""
        return self.text(table) + residual

    def embedded(self, rows, ids, kind, severity, gap, parameters):
        """The positions [B, T, WIDTH], and the bias on their attention; `gap` is ln(1 + seconds since the event before),
        `parameters` [B, T, 4]."""
        is_event = (kind == EVENT).to(rows.dtype).unsqueeze(-1)
        near = torch.exp(-((gap.unsqueeze(-1) - torch.arange(GAP_CENTRES).to(rows.dtype)) ** 2))
        x = (rows[ids] + self.severity(severity) + self.gap(near) + self.parameter(parameters)) * is_event
        x = x + self.kind(kind) + self.position(torch.arange(ids.shape[1]))
        return x, (kind == PAD).to(rows.dtype)[:, None, None, :] * -1e4

    def hidden(self, rows, ids, kind, severity, gap, parameters):
        """Hidden states [B, T, WIDTH]."""
        x, bias = self.embedded(rows, ids, kind, severity, gap, parameters)
        for block in self.blocks:
            x = block(x, bias)
        return self.head(self.ln(x))

    def logits(self, h, rows):
        """Logits [..., V + 1]: the candidates, then the end of the session."""
        candidates = torch.cat([rows, self.end], 0)
        # From left to right: the exporter would fold the scale, a parameter, with the constant.
        return h @ candidates.transpose(0, 1) * self.scale / math.sqrt(WIDTH)

    def forward(self, rows, ids, kind, severity, gap, parameters, at):
        """Logits [B, V + 1] of one masked position `at` [B] of each row; see scoring_graph.py for the graph of it."""
        h = self.hidden(rows, ids, kind, severity, gap, parameters)
        return self.logits(h[torch.arange(ids.shape[0]), at], rows)

    def losses(self, residual, table, valid, ids, kind, severity, gap, parameters, at, target):
        """Cross entropy [M] of M masked positions. `valid` [V] is 0 for candidates of padding; `at` [M] counts positions
        through the batch (row * T + position); `target` [M] is a candidate, or V for the end."""
        rows = self.rows(table, residual)
        h = self.hidden(rows, ids, kind, severity, gap, parameters).reshape(-1, WIDTH)[at]
        logits = self.logits(h, rows) + torch.cat([(1 - valid) * -1e4, torch.zeros(1)], 0)
        shifted = logits - logits.amax(-1, keepdim=True).detach()
        log_p = shifted - torch.log(torch.exp(shifted).sum(-1, keepdim=True))
        return -torch.gather(log_p, -1, target.unsqueeze(-1)).squeeze(-1)
