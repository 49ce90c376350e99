"""Trains the text encoder and writes text-encoder.onnx, tokenizer.json and report.json.

Three tasks at once: masked language modelling (Devlin et al.: BERT, 2019), InfoNCE over two ways of writing each template
(van den Oord et al. 2018; Gao et al.: SimCSE, 2021) with templates of the same system as hard negatives, and the severity.
"""
import argparse
import hashlib
import json
import math
import os
import time

import numpy as np
import torch
import torch.nn.functional as F

from corpus import Corpus
from encoder import Heads, TextEncoder, padded
from export import export
from tokenizer import FIRST_WORD, MASK, train_tokenizer
from views import LEVEL_NAMES, envelope, read_synonyms, renaming, view

LEARNING_RATE, WARM_UP, TEMPERATURE = 1.5e-3, 50, 0.07
MASKED, MLM_WEIGHT, SEVERITY_WEIGHT = 0.12, 0.3, 0.2
RENAMED, ENVELOPED, PERMUTED = 0.3, 0.3, 0.25
PARTS = 4
HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", required=True, help="what build-corpus.ts wrote")
    parser.add_argument("--out", required=True, help="directory for the three files")
    parser.add_argument("--without", help="a group of systems to leave out, such as hdfs")
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    torch.manual_seed(arguments.seed)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    corpus = Corpus(arguments.corpus, arguments.without)
    tokenizer = train_tokenizer([text for texts in corpus.texts for text in texts])
    started = time.time()
    model, heads = train(corpus, tokenizer, arguments.steps, np.random.default_rng(arguments.seed))
    seconds = time.time() - started
    os.makedirs(arguments.out, exist_ok=True)
    tokenizer.save(os.path.join(arguments.out, "tokenizer.json"))
    path = os.path.join(arguments.out, "text-encoder.onnx")
    difference, cosine = export(model, path)
    report = {
        "without": arguments.without, "seed": arguments.seed, "steps": arguments.steps, "seconds": round(seconds),
        "vocabulary": tokenizer.get_vocab_size(), "parameters": sum(p.numel() for p in model.parameters()),
        "weights_sha256": digest(model), "bytes": os.path.getsize(path),
        "onnx_difference": difference, "onnx_cosine": cosine, "data": corpus.report(),
        "severity": severity_accuracy(model, heads, tokenizer, corpus),
    }
    with open(os.path.join(arguments.out, "report.json"), "w", encoding="utf8") as file:
        json.dump(report, file, indent=2)
    print(json.dumps({key: value for key, value in report.items() if key != "data"}))


def train(corpus, tokenizer, steps, rng):
    """AdamW with a cosine schedule; the result is the exponential moving average of the weights."""
    synonyms = read_synonyms(os.path.join(HERE, "synonyms.txt"))
    vocabulary = tokenizer.get_vocab_size()
    model, heads = TextEncoder(vocabulary), Heads(vocabulary)
    parameters = [*model.parameters(), *heads.parameters()]
    average = [value.detach().clone() for value in parameters]
    optimizer = torch.optim.AdamW(parameters, lr=LEARNING_RATE, weight_decay=0.01, eps=1e-6)
    started, shown = time.time(), None
    for step in range(1, steps + 1):
        rate = LEARNING_RATE * min(1, step / WARM_UP) * (0.5 + 0.5 * math.cos(math.pi * step / steps))
        for group in optimizer.param_groups:
            group["lr"] = rate
        rows = corpus.batch(rng)
        losses = losses_of(model, heads, tokenizer, corpus, rows, synonyms, rng)
        loss = losses[0] + MLM_WEIGHT * losses[1] + SEVERITY_WEIGHT * losses[2]
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        decay = min(0.99, step / (step + 10))
        for mean, value in zip(average, parameters):
            mean.mul_(decay).add_(value.detach(), alpha=1 - decay)
        now = torch.stack(losses).detach()
        shown = now if shown is None else 0.95 * shown + 0.05 * now
        if step % 50 == 0:
            print(step, f"{time.time() - started:.0f}s", [round(x, 3) for x in shown.tolist()], flush=True)
    with torch.no_grad():
        for mean, value in zip(average, parameters):
            value.copy_(mean)
    return model.eval(), heads.eval()


def losses_of(model, heads, tokenizer, corpus, rows, synonyms, rng):
    """(InfoNCE, masked language model, severity)"""
    first, second = written(corpus, rows, synonyms, rng), written(corpus, rows, synonyms, rng)
    ids, mask = padded(tokenizer.encode_batch(first[0] + second[0]))
    n = len(rows)
    ids = permuted(ids, corpus, rows, tokenizer.get_vocab_size())
    hidden_tokens = torch.from_numpy(rng.random(ids.shape) < MASKED) & (ids >= FIRST_WORD)
    hidden_tokens[n:] = False
    embedding, masked = forward(model, torch.where(hidden_tokens, MASK, ids), mask, hidden_tokens)
    logits = embedding[:n] @ embedding[n:].t() / TEMPERATURE
    allowed = torch.from_numpy(corpus.allowed[np.ix_(rows, rows)]) | torch.eye(n, dtype=torch.bool)
    logits = logits.masked_fill(~allowed, -1e4)
    target = torch.arange(n)
    contrast = (F.cross_entropy(logits, target) + F.cross_entropy(logits.t(), target)) / 2
    tokens = F.cross_entropy(heads.tokens(masked, model.token), ids[hidden_tokens])
    severities = torch.tensor([corpus.severities[row] for row in rows])
    # A severity that is written in the text teaches nothing.
    told = (severities > 0) & ~torch.tensor(second[1])
    severity = heads.severity(embedding[n:])
    severity = F.cross_entropy(severity[told], severities[told]) if told.any() else severity.sum() * 0
    return [contrast, tokens, severity]


def permuted(ids, corpus, rows, vocabulary):
    """The words of some systems exchanged for each other, in both ways of writing alike: a word is then known by its
    identity alone, as most words of a system are that was never seen."""
    ids, systems = ids.clone(), corpus.system_of[rows]
    for system in dict.fromkeys(systems.tolist()):
        at = np.flatnonzero(systems == system)
        shared = np.random.default_rng([1, *(int(rows[i]) for i in at)])
        if shared.random() >= PERMUTED:
            continue
        table = np.arange(vocabulary)
        moved = np.flatnonzero((table >= FIRST_WORD) & (shared.random(vocabulary) < 0.5))
        table[moved] = shared.permutation(moved)
        both = torch.from_numpy(np.concatenate([at, at + len(rows)]))
        ids[both] = torch.from_numpy(table)[ids[both]]
    return ids


def forward(model, ids, mask, hidden_tokens):
    """Embeddings of all rows, and the hidden states of the masked tokens in row-major order. Rows of like length go
    together: padding all of them to the longest would cost two thirds of the time."""
    lengths = mask.sum(1)
    order = torch.argsort(lengths, stable=True)
    embeddings, states, places = [], [], []
    for part in order.chunk(PARTS):
        width = max(2, int(lengths[part].max()))
        hidden = model.hidden(ids[part, :width], mask[part, :width])
        embeddings.append(model.pooled(hidden, ids[part, :width], mask[part, :width]))
        picked = hidden_tokens[part, :width]
        states.append(hidden[picked])
        row, column = picked.nonzero(as_tuple=True)
        places.append(part[row] * ids.shape[1] + column)
    return torch.cat(embeddings)[torch.argsort(order)], torch.cat(states)[torch.argsort(torch.cat(places))]


def written(corpus, rows, synonyms, rng):
    """One text for each row, and whether an envelope stands before it; renaming and envelope belong to a whole system,
    drawn from the rows alone so that both sides of a pair share them."""
    texts, enveloped = [], []
    for system in dict.fromkeys(corpus.system_of[rows].tolist()):
        members = [row for row in rows if corpus.system_of[row] == system]
        shared = np.random.default_rng([0, *(int(row) for row in members)])
        renamed = renaming([corpus.texts[row][0] for row in members], shared) if shared.random() < RENAMED else {}
        before = envelope(shared) if shared.random() < ENVELOPED else None
        for row in members:
            options = corpus.texts[row]
            text = view(options[int(rng.integers(len(options)))], synonyms, renamed, rng)
            texts.append((before(LEVEL_NAMES[corpus.severities[row]]) if before else "") + text)
            enveloped.append(before is not None)
    return texts, enveloped


def severity_accuracy(model, heads, tokenizer, corpus):
    """Of the systems left out, as far as they have severities: the head's accuracy beside "always the commonest"."""
    templates = [t for system in corpus.held_out for t in system["templates"] if t["severity"] > 0]
    if not templates:
        return None
    want = torch.tensor([t["severity"] for t in templates])
    ids, mask = padded(tokenizer.encode_batch([t["texts"][0] for t in templates]))
    with torch.no_grad():
        got = heads.severity(model(ids, mask)).argmax(-1)
    return {"templates": len(templates), "accuracy": round(float((got == want).float().mean()), 4),
            "within_one_level": round(float(((got - want).abs() <= 1).float().mean()), 4),
            "warning_or_worse": round(float(((got >= 4) == (want >= 4)).float().mean()), 4),
            "commonest": round(float((want == want.mode().values).float().mean()), 4),
            "warning_or_worse_commonest": round(max(float((want >= 4).float().mean()), float((want < 4).float().mean())), 4)}


def digest(model):
    """SHA-256 over all weights, to see whether two runs agree bit for bit."""
    total = hashlib.sha256()
    for value in model.state_dict().values():
        total.update(value.numpy().tobytes())
    return total.hexdigest()


if __name__ == "__main__":
    main()
