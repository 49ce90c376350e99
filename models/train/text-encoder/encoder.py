"""The text encoder: a small pre-norm transformer (Vaswani et al. 2017) over the pieces of one template."""
import math

import torch
import torch.nn.functional as F
from torch import nn

from tokenizer import PAD

TOKENS, WIDTH, LAYERS, HEADS, INNER, EMBEDDING = 48, 128, 2, 4, 256, 128
SEVERITIES = 7


class Block(nn.Module):
    """Attention is written out: the exporter has no function for the fused one."""

    def __init__(self):
        super().__init__()
        self.ln1, self.ln2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.up, self.down = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)

    def forward(self, x, bias):
        b, t, _ = x.shape
        q, k, v = self.qkv(self.ln1(x)).reshape(b, t, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4).unbind(0)
        a = torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(WIDTH // HEADS) + bias, -1)
        x = x + self.out((a @ v).transpose(1, 2).reshape(b, t, WIDTH))
        return x + self.down(F.gelu(self.up(self.ln2(x))))


class TextEncoder(nn.Module):
    """input_ids, attention_mask int64 [B, T] -> embedding float32 [B, EMBEDDING], of length 1."""

    def __init__(self, vocabulary):
        super().__init__()
        self.token = nn.Embedding(vocabulary, WIDTH)
        self.position = nn.Embedding(TOKENS, WIDTH)
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.ln = nn.LayerNorm(WIDTH)
        self.project = nn.Linear(WIDTH, EMBEDDING)
        self.weigh = nn.Linear(WIDTH, 1)
        self.literal = nn.Linear(WIDTH, EMBEDDING, bias=False)
        nn.init.normal_(self.token.weight, std=0.1)
        nn.init.normal_(self.literal.weight, std=0.5)
        nn.init.normal_(self.position.weight, std=0.02)

    def hidden(self, input_ids, attention_mask):
        """[B, T, WIDTH]"""
        x = self.token(input_ids) + self.position(torch.arange(input_ids.shape[1]))
        bias = (1 - attention_mask.to(x.dtype))[:, None, None, :] * -1e4
        for block in self.blocks:
            x = block(x, bias)
        return self.ln(x)

    def pooled(self, hidden, input_ids, attention_mask):
        """The weighted mean over the tokens that are there, projected, of length 1."""
        weights = torch.sigmoid(self.weigh(hidden)) * attention_mask.to(hidden.dtype).unsqueeze(-1)
        total = weights.sum(1)
        mean = (hidden * weights).sum(1) / total
        literal = (self.token(input_ids) * weights).sum(1) / total
        projected = self.project(mean) + self.literal(literal)
        return projected / torch.sqrt((projected * projected).sum(-1, keepdim=True) + 1e-6)

    def forward(self, input_ids, attention_mask):
        return self.pooled(self.hidden(input_ids, attention_mask), input_ids, attention_mask)


class Heads(nn.Module):
    """What training asks for beside the embedding, and no export holds: masked tokens and the severity."""

    def __init__(self, vocabulary):
        super().__init__()
        self.transform = nn.Linear(WIDTH, WIDTH)
        self.bias = nn.Parameter(torch.zeros(vocabulary))
        self.severity = nn.Linear(EMBEDDING, SEVERITIES)

    def tokens(self, hidden, embedding):
        """Logits over the vocabulary, through the encoder's own token embedding."""
        return F.gelu(self.transform(hidden)) @ embedding.weight.t() + self.bias


def padded(encodings):
    """(input_ids, attention_mask) of tokenizers' encodings, cut at TOKENS, padded to the longest."""
    rows = [encoding.ids[:TOKENS] for encoding in encodings]
    width = max(len(row) for row in rows)
    ids = torch.tensor([row + [PAD] * (width - len(row)) for row in rows])
    return ids, (ids != PAD).long()
