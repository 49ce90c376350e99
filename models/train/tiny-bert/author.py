"""
Makes the small Hugging Face models that the tests use: a BERT classifier, the same with attentions among its outputs,
and a BERT masked language model, each in the layout that Optimum's exporter writes; and the values that torch computes.

    python author.py --out ../../../test/fixtures --golden ../../../test/pretrained/golden/torch.json

Deterministic on one machine: seeded, one thread. About three minutes on one core.
"""

import argparse
import json
import random
import shutil
import tempfile
from pathlib import Path

import torch
from optimum.exporters.onnx import main_export
from optimum.exporters.onnx.model_configs import BertOnnxConfig
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertForSequenceClassification,
    BertTokenizerFast,
    PreTrainedModel,
)

from corpus import PLACEHOLDERS, all_lines, labelled_window, usual_window

VOCABULARY = 500
POSITIONS = 64
LAYERS = 2
SEED = 7


def make_tokenizer() -> BertTokenizerFast:
    """A WordPiece tokenizer of the corpus; placeholders are tokens of their own."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(
        vocab_size=VOCABULARY, min_frequency=1, special_tokens=special, limit_alphabet=80, show_progress=False
    )
    alphabet = "abcdefghijklmnopqrstuvwxyz 0123456789 .,:;!?/_-()[]<>*=\"'"
    tokenizer.train_from_iterator([*all_lines() * 4, alphabet], trainer)
    ids = {token: tokenizer.token_to_id(token) for token in special}
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", ids["[SEP]"]), ("[CLS]", ids["[CLS]"]))
    fast = BertTokenizerFast(tokenizer_object=tokenizer, do_lower_case=True, model_max_length=POSITIONS)
    fast.add_tokens([AddedToken(placeholder, normalized=False) for placeholder in PLACEHOLDERS])
    return fast


def config_for(tokenizer: BertTokenizerFast, **more: object) -> BertConfig:
    return BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=LAYERS,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=POSITIONS,
        attn_implementation="eager",
        **more,
    )


def encode(tokenizer: BertTokenizerFast, window: list[str]) -> tuple[list[int], int]:
    """[CLS] line [SEP] line [SEP] …, cut from the left; and where the last line starts."""
    pieces = [tokenizer.encode(line, add_special_tokens=False) for line in window]
    last = [*pieces[-1][: POSITIONS - 2], tokenizer.sep_token_id]
    context = [token for line in pieces[:-1] for token in [*line, tokenizer.sep_token_id]]
    room = POSITIONS - 1 - len(last)
    context = context[max(0, len(context) - room) :] if room > 0 else []
    return [tokenizer.cls_token_id, *context, *last], 1 + len(context)


def batch(tokenizer: BertTokenizerFast, rows: list[list[int]]) -> dict[str, torch.Tensor]:
    longest = max(map(len, rows))
    ids = torch.full((len(rows), longest), tokenizer.pad_token_id)
    mask = torch.zeros_like(ids)
    for index, row in enumerate(rows):
        ids[index, : len(row)] = torch.tensor(row)
        mask[index, : len(row)] = 1
    return {"input_ids": ids, "attention_mask": mask, "token_type_ids": torch.zeros_like(ids)}


def train(model: PreTrainedModel, steps: int, examples) -> None:
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=3e-3, total_steps=steps)
    for step in range(steps):
        loss = model(**examples()).loss
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 100 == 0 or step == steps - 1:
            print(f"step {step}: loss {loss.item():.4f}")
    model.eval()


def train_classifier(tokenizer: BertTokenizerFast, rng: random.Random) -> BertForSequenceClassification:
    labels = {0: "normal", 1: "anomaly"}
    model = BertForSequenceClassification(
        config_for(tokenizer, id2label=labels, label2id={name: index for index, name in labels.items()})
    )

    def examples() -> dict[str, torch.Tensor]:
        windows = [labelled_window(rng) for _ in range(32)]
        rows = batch(tokenizer, [encode(tokenizer, window)[0] for window, _ in windows])
        return {**rows, "labels": torch.tensor([label for _, label in windows])}

    train(model, 1500, examples)
    return model


def train_masked_lm(tokenizer: BertTokenizerFast, rng: random.Random) -> BertForMaskedLM:
    model = BertForMaskedLM(config_for(tokenizer))

    def examples() -> dict[str, torch.Tensor]:
        rows = batch(tokenizer, [encode(tokenizer, usual_window(rng))[0] for _ in range(32)])
        ids = rows["input_ids"].clone()
        draw = torch.rand(ids.shape)
        chosen = (draw < 0.2) & (ids > tokenizer.mask_token_id)
        rows["input_ids"][chosen] = tokenizer.mask_token_id
        return {**rows, "labels": torch.where(chosen, ids, -100)}

    train(model, 1500, examples)
    return model


class AttentionsOnnxConfig(BertOnnxConfig):
    """Optimum's export with every layer's attentions among the outputs."""

    @property
    def outputs(self):
        axes = {0: "batch_size", 2: "sequence_length", 3: "sequence_length"}
        return {**super().outputs, **{f"attentions.{layer}": axes for layer in range(LAYERS)}}


def export(model: PreTrainedModel, tokenizer: BertTokenizerFast, to: Path, task: str, **more: object) -> None:
    """Runs Optimum's exporter on a saved model; what it writes beside the graph and the tokenizer is left out."""
    with tempfile.TemporaryDirectory() as directory:
        model.save_pretrained(directory)
        tokenizer.save_pretrained(directory)
        out = Path(directory, "onnx-export")
        main_export(directory, output=out, task=task, **more)
        shutil.rmtree(to, ignore_errors=True)
        to.mkdir(parents=True)
        for name in ["model.onnx", "config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"]:
            shutil.copy(out / name, to / name)


GOLDEN_WINDOWS = [
    ["Health check passed in <DUR>"],
    ["Payment pay_<*> authorised by acquirer cardlink in <DUR>", "Payment pay_<*> captured"],
    ["Order ord_<*> placed in <DUR>", "Payment pay_<*> failed: <*> exception at <HEX>"],
    ["Kernel panic: not syncing"],
    ["Request req_<*> GET <PATH> from <IP>", "Verifying token tok_<*>", "Naïve ÉTUDE of Σίσυφος — €5 “déjà vu” 漢字 x́"],
    ["Listed <NUM> products in <DUR>"] * 12 + ["Disk <PATH> is corrupt: checksum mismatch"],
    ["Listed <NUM> products in <DUR>", " ".join(["Scanned <NUM> sessions"] * 30)],
]


def rollout(attentions: tuple[torch.Tensor, ...], start: torch.Tensor) -> list[float]:
    """Attention rollout (Abnar, Zuidema 2020) from the start's weights down to the input's positions."""
    weights = start
    for layer in reversed(attentions):
        weights = weights @ (0.5 * layer[0].mean(0) + 0.5 * torch.eye(layer.shape[-1]))
    return weights.tolist()


def golden(tokenizer, classifier, masked_lm) -> list[dict[str, object]]:
    found = []
    for window in GOLDEN_WINDOWS:
        row, start = encode(tokenizer, window)
        end = len(row) - 1
        inputs = batch(tokenizer, [row])
        with torch.no_grad():
            judged = classifier(**inputs, output_attentions=True)
            masked_rows = []
            for at in range(start, end):
                masked = list(row)
                masked[at] = tokenizer.mask_token_id
                masked_rows.append(masked)
            logits = masked_lm(**batch(tokenizer, masked_rows)).logits
        targets = torch.arange(start, end)
        surprises = -torch.log_softmax(logits, -1)[torch.arange(end - start), targets, torch.tensor(row[start:end])]
        encoding = tokenizer(window[-1], add_special_tokens=False, return_offsets_mapping=True)
        found.append(
            {
                "window": window,
                "ids": row,
                "judgedFrom": start,
                "offsets": encoding["offset_mapping"],
                "logits": judged.logits[0].tolist(),
                "probability": torch.softmax(judged.logits[0], -1)[1].item(),
                "attention": rollout(judged.attentions, torch.eye(len(row))[0]),
                "surprises": surprises.tolist(),
            }
        )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--golden", type=Path, required=True)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    tokenizer = make_tokenizer()
    classifier = train_classifier(tokenizer, random.Random(SEED))
    masked_lm = train_masked_lm(tokenizer, random.Random(SEED))
    export(classifier, tokenizer, options.out / "hf-classifier", "text-classification")
    export(
        classifier,
        tokenizer,
        options.out / "hf-classifier-attentions",
        "text-classification",
        custom_onnx_configs={"model": AttentionsOnnxConfig(classifier.config, task="text-classification")},
        model_kwargs={"output_attentions": True},
    )
    export(masked_lm, tokenizer, options.out / "hf-mlm", "fill-mask")
    # The layout of repositories on the Hub: the graph in a folder of its own.
    graph = options.out / "hf-mlm" / "onnx" / "model.onnx"
    graph.parent.mkdir()
    (options.out / "hf-mlm" / "model.onnx").rename(graph)
    options.golden.parent.mkdir(parents=True, exist_ok=True)
    options.golden.write_text(json.dumps(golden(tokenizer, classifier, masked_lm), ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
