"""WordPiece (Wu et al.: Google's Neural Machine Translation System, 2016, section 4.1) over log templates.

All that happens to a text before its pieces are looked up stands in tokenizer.json itself, in steps that
@huggingface/tokenizers knows too, so that Node gives the same ids: placeholders are cut out first as tokens of their own;
then accents go, digits become one "0", camelCase is cut, ASCII punctuation becomes blanks, and the rest is lower case.

Example: "PacketResponder 1 for block blk_<NUM>" -> [CLS] packet responder 0 for block blk <NUM>
"""
import string

from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

from views import PLACEHOLDER

VOCABULARY = 4096
SPECIAL = ["[PAD]", "[UNK]", "[MASK]", "[CLS]"]
PAD, UNK, MASK, CLS = range(4)
# What processor/template/mask.ts writes.
PLACEHOLDERS = ["<*>", "<NUM>", "<HEX>", "<IP>", "<UUID>", "<PATH>", "<DUR>", "<SIZE>", "<TIME>", "<HOST>", "<MAC>"]
FIRST_WORD = len(SPECIAL) + len(PLACEHOLDERS)


def train_tokenizer(texts):
    """A tokenizer of at most VOCABULARY entries; ids below FIRST_WORD are special tokens and placeholders."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=64))
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.NFD(),
        normalizers.StripAccents(),
        normalizers.Replace(Regex("[0-9]+"), " 0 "),
        normalizers.Replace(Regex("(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])"), " "),
        normalizers.Replace(Regex(r"[\x00-/:-@\[-`{-\x7f]+"), " "),
        normalizers.Lowercase(),
    ])
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    special = [AddedToken(text, normalized=False, special=True) for text in SPECIAL + PLACEHOLDERS]
    trainer = trainers.WordPieceTrainer(vocab_size=VOCABULARY, special_tokens=special, min_frequency=2,
                                        limit_alphabet=27, show_progress=False)
    # Each letter begins a piece and continues one, so that no word of a to z is unknown.
    alphabet = [a + a for a in string.ascii_lowercase] * 100
    literal = [PLACEHOLDER.sub(" ", text) for text in texts]
    tokenizer.train_from_iterator([*literal, *alphabet], trainer)
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A", special_tokens=[("[CLS]", CLS)])
    return tokenizer
