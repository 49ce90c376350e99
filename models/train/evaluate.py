"""Measures the exported event transformer alone on the HDFS test blocks: no other detector, no calibration on a stream.

Each event is judged from the past alone, as the stage does it; a block's score is its most surprising event. The
thresholds "alpha" come from half of the normal blocks, without a label of the other half or of an anomaly.
"""
import argparse
import gzip
import json
import os

import numpy as np
import onnxruntime as ort

from train import BEGIN, END, EVENT, MASK, PAD, SIZE, T

NORMAL_BLOCKS = 10_000
NORMAL_BLOCKS_IN_SAMPLE = 111_648


def rows(sequence, vocabulary):
    """(ids, kinds, masked position, target) for each event of a block, and for its end."""
    n = len(sequence)
    for event in range(1, n + 2):
        last = min(event, n)
        begins, closed = last <= SIZE, event == n + 1
        ids = [0] * begins + list(sequence[max(0, last - SIZE):last]) + [0] * closed
        kinds = [BEGIN] * begins + [EVENT] * min(last, SIZE) + [END] * closed
        at, target = len(ids) - 1, vocabulary if closed else ids[-1]
        ids[at], kinds[at] = 0, MASK
        pad = T - len(ids)
        yield tuple(ids + [0] * pad), tuple(kinds + [PAD] * pad), at, target


def surprises(session, table, sequences):
    """The surprise of each event of each block, in nats; equal rows are asked once."""
    asked = [list(rows(sequence, len(table))) for sequence in sequences]
    distinct = list(dict.fromkeys(row for block in asked for row in block))
    known = {}
    for start in range(0, len(distinct), 512):
        chunk = distinct[start:start + 512]
        ids, kinds, at, targets = zip(*chunk)
        logits = session.run(None, {
            "table": table, "ids": np.array(ids), "kind": np.array(kinds), "at": np.array(at),
            "severity": np.zeros((len(chunk), T), np.int64), "gap": np.zeros((len(chunk), T), np.float32)})[0]
        logits -= logits.max(1, keepdims=True)
        log_p = logits - np.log(np.exp(logits).sum(1, keepdims=True))
        known.update(zip(chunk, -log_p[np.arange(len(chunk)), targets]))
    return [[known[row] for row in block] for block in asked]


def report(name, score, labels):
    """Ranking quality, the best F1 there is (oracle), and F1 at thresholds from normal blocks alone."""
    weight = NORMAL_BLOCKS_IN_SAMPLE / NORMAL_BLOCKS
    order = np.argsort(-score, kind="stable")
    true, false = np.cumsum(labels[order]), np.cumsum(1 - labels[order]) * weight
    precision, recall = true / (true + false), true / labels.sum()
    f1 = 2 * precision * recall / (precision + recall + 1e-9)
    ranks = np.empty(len(score))
    ranks[np.argsort(score, kind="stable")] = np.arange(1, len(score) + 1)
    positives = labels.sum()
    auroc = (ranks[labels == 1].sum() - positives * (positives + 1) / 2) / (positives * (len(labels) - positives))
    auprc = np.sum(np.diff(np.r_[0, recall]) * precision)
    print(f"{name}: AUROC {auroc:.4f} AUPRC {auprc:.4f} oracle F1 {f1.max():.4f}")
    half = NORMAL_BLOCKS // 2
    for alpha in (0.005, 0.002):
        threshold = np.quantile(score[:half], 1 - alpha)
        hits = (score[labels == 1] > threshold).sum()
        alarms = (score[half:NORMAL_BLOCKS] > threshold).sum() * NORMAL_BLOCKS_IN_SAMPLE / half
        p, r = hits / (hits + alarms), hits / positives
        print(f"  alpha {alpha}: precision {p:.4f} recall {r:.4f} F1 {2 * p * r / (p + r):.4f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", required=True, help="what build-corpus.ts wrote")
    parser.add_argument("--model", required=True, help="model.onnx")
    parser.add_argument("--data", default="../shared/data")
    arguments = parser.parse_args()
    with open(arguments.corpus, encoding="utf8") as file:
        table = np.array(next(s for s in json.load(file) if s["name"] == "hdfs")["vectors"], np.float32)
    with gzip.open(os.path.join(arguments.data, "hdfs/blocks_20pct.csv.gz"), "rt") as file:
        blocks = [line.strip().split(",") for line in file][1:]
    normal = [events for label, events in blocks if label == "0"]
    chosen = np.random.default_rng(0).choice(len(normal), NORMAL_BLOCKS, replace=False)
    tested = [normal[i] for i in chosen] + [events for label, events in blocks if label == "1"]
    labels = np.r_[np.zeros(NORMAL_BLOCKS), np.ones(len(tested) - NORMAL_BLOCKS)]
    sequences = [[int(event) - 1 for event in events.split()] for events in tested]
    found = surprises(ort.InferenceSession(arguments.model), table, sequences)
    report("most surprising event", np.array([max(block) for block in found]), labels)
    report("mean of the three most surprising", np.array([np.mean(sorted(block)[-3:]) for block in found]), labels)


if __name__ == "__main__":
    main()
