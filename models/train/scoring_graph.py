"""The event model as the stage asks it: one masked position of each row.

The same function as EventModel.forward, written for the runtime: in the last block only the asked position has a query, an
output and a feed-forward step, the layers work on one long matrix of positions (so that a product and its bias are one
operation), and the GELU is spelt as ONNX Runtime's optimiser knows it. On one core it takes half the time.
"""
import math

import torch
from torch import nn

from event_model import HEADS, WIDTH

HEAD_WIDTH = WIDTH // HEADS


def gelu(x):
    return x * (torch.erf(x / math.sqrt(2)) + 1) * 0.5


def linear(layer, x):
    return torch.addmm(layer.bias, x, layer.weight)


def part_of(layer, x, columns):
    return torch.addmm(layer.bias[columns], x, layer.weight[:, columns])


def attention(q, k, v, bias):
    return torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(HEAD_WIDTH) + bias, -1) @ v


def feed_forward(block, x):
    return x + linear(block.down, gelu(linear(block.up, block.ln2(x))))


def whole_block(block, x, bias, positions):
    """A block over all positions [B * T, WIDTH]."""
    parts = linear(block.qkv, block.ln1(x)).reshape(-1, positions, 3 * HEADS, HEAD_WIDTH).split(HEADS, 2)
    a = attention(*(part.transpose(1, 2) for part in parts), bias)
    x = x + linear(block.out, a.transpose(1, 2).reshape(-1, WIDTH))
    return feed_forward(block, x)


def last_block(block, x, bias, positions, asked):
    """A block for the asked positions [B], indexes into `x` [B * T, WIDTH], alone."""
    n = block.ln1(x)
    q = part_of(block.qkv, n[asked], slice(0, WIDTH)).reshape(-1, HEADS, 1, HEAD_WIDTH)
    parts = part_of(block.qkv, n, slice(WIDTH, 3 * WIDTH)).reshape(-1, positions, 2 * HEADS, HEAD_WIDTH).split(HEADS, 2)
    a = attention(q, *(part.transpose(1, 2) for part in parts), bias)
    return feed_forward(block, x[asked] + linear(block.out, a.reshape(-1, WIDTH)))


class ScoringGraph(nn.Module):
    """Logits [B, V + 1] of one masked position `at` [B] of each row."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, rows, ids, kind, severity, gap, parameters, at):
        model, (batch, positions) = self.model, ids.shape
        x, bias = model.embedded(rows, ids, kind, severity, gap, parameters)
        x = x.reshape(-1, WIDTH)
        for block in model.blocks[:-1]:
            x = whole_block(block, x, bias, positions)
        x = last_block(model.blocks[-1], x, bias, positions, at + torch.arange(batch) * positions)
        return model.logits(linear(model.head, model.ln(x)), rows)
