"""Writes what the Python side makes of some texts, for the test that Node makes the same of them: the ids of their pieces,
and the vectors of a few."""
import argparse
import json
import os

import numpy as np
import onnxruntime as ort
from tokenizers import Tokenizer

from encoder import padded

HERE = os.path.dirname(os.path.abspath(__file__))
ODD = ["", " ", "....", "<*>", "<NUM><NUM>", "<*>:<*>x<NUM>y", "<num> <NUMBER> <* >", "[CLS] [MASK] [PAD]", "HDFSServer",
       "XMLParser v1.2.3", "camelCaseXMLHttp2Request", "snake_case_name", "UPPER", "a" * 64, "a" * 65, "word " * 100,
       "caf\u00e9 \u00dcberFoo", "\u4e2d\u6587 text", "Stra\u00dfe \u0130stanbul", "nbsp\u00a0here\ttab\nline",
       "\u0645\u0631\u062d\u0628\u0627", "emoji \U0001f525 fire", "a\u0301e\u0308", "\ufeffbom", "zero\u200bwidth", "\x00\x01\x1f"]
VECTORS = 8


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True, help="directory with tokenizer.json and text-encoder.onnx")
    parser.add_argument("--texts", default=os.path.join(HERE, "templates.txt"), help="one text a line")
    parser.add_argument("--out", required=True)
    arguments = parser.parse_args()
    tokenizer = Tokenizer.from_file(os.path.join(arguments.model, "tokenizer.json"))
    with open(arguments.texts, encoding="utf8") as file:
        texts = ODD + [line.rstrip("\n") for line in file if not line.startswith("#")]
    encodings = tokenizer.encode_batch(texts)
    some = list(range(0, len(texts), max(1, len(texts) // VECTORS)))[:VECTORS]
    ids, mask = padded([encodings[at] for at in some])
    session = ort.InferenceSession(os.path.join(arguments.model, "text-encoder.onnx"))
    vectors = session.run(None, {"input_ids": ids.numpy(), "attention_mask": mask.numpy()})[0]
    golden = {"ids": [[text, encoding.ids] for text, encoding in zip(texts, encodings)],
              "vectors": [[texts[at], np.round(vector, 5).tolist()] for at, vector in zip(some, vectors)]}
    with open(arguments.out, "w", encoding="utf8") as file:
        json.dump(golden, file, separators=(",", ":"))


if __name__ == "__main__":
    main()
