"""A masked language model over a closed vocabulary: what LogBERT (Guo, Yuan, Wu, IJCNN 2021) is over log keys, and a plain
BERT (Devlin et al., NAACL 2019) over words. It is no part of the product: `logbert evaluate` compares with it.

Its blocks are the event transformer's, 64 wide, two layers, four heads. LogBERT's own 256 and four layers would take a
processor core minutes for what has to be trained for each data set and seed.
"""
import math
import sys
from pathlib import Path

import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from event_model import LAYERS, WIDTH, Block, Linear  # noqa: E402

PAD, UNKNOWN, FIRST, MASK, SPECIAL = range(5)
"""Tokens that stand for no word; those of the vocabulary follow. FIRST is LogBERT's [DIST]."""


class MaskedModel(nn.Module):
    """`vocabulary` counts the special tokens too; `positions` the first one."""

    def __init__(self, vocabulary, positions):
        super().__init__()
        self.token, self.position = nn.Embedding(vocabulary, WIDTH), nn.Embedding(positions, WIDTH)
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.ln = nn.LayerNorm(WIDTH)
        self.out = Linear(WIDTH, vocabulary)
        for e in (self.token, self.position):
            nn.init.normal_(e.weight, std=0.1)

    def forward(self, ids, valid, at):
        """(logits [M, vocabulary], first [B, WIDTH]) of tokens [B, T]: what stands at M masked places, and the hidden state
        of the first position. `valid` [vocabulary] is 0 for what the data have no token for; `at` [M] counts positions
        through the batch (row * T + position)."""
        x = self.token(ids) + self.position(torch.arange(ids.shape[1]))
        bias = (ids == PAD).to(x.dtype)[:, None, None, :] * -1e4
        for block in self.blocks:
            x = block(x, bias)
        x = self.ln(x)
        return self.out(x.reshape(-1, WIDTH)[at]) + (1 - valid) * -1e4, x[:, 0]

    def loss(self, ids, valid, at, target, weight, center, pull):
        """(loss, first): mean cross entropy of the masked places whose `weight` [M] is 1, and `pull` times the mean squared
        distance of the first hidden states from `center` [WIDTH] (LogBERT: volume of hypersphere minimisation)."""
        logits, first = self(ids, valid, at)
        shifted = logits - logits.amax(-1, keepdim=True).detach()
        log_p = shifted - torch.log(torch.exp(shifted).sum(-1, keepdim=True))
        entropy = -torch.gather(log_p, -1, target.unsqueeze(-1)).squeeze(-1)
        mean = (entropy * weight).sum() / (weight.sum() + 1e-6)
        return mean + pull * ((first - center) ** 2).mean(), first


def starts(model):
    """{name: (mean, deviation)} of the values that each parameter begins with."""
    def start(name, parameter):
        kind = name.split(".")[-1]
        if kind == "bias":
            return 0.0, 0.0
        if "ln" in name:
            return 1.0, 0.0
        return 0.0, 0.1 if name.startswith(("token", "position")) else 1 / math.sqrt(parameter.shape[0])

    return {name: start(name, parameter) for name, parameter in model.named_parameters()}
