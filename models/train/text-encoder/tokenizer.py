"""WordPiece (Wu et al.: Google's Neural Machine Translation System, 2016, section 4.1) over log templates.

All that happens to a text before its pieces are looked up stands in tokenizer.json itself, in steps that
@huggingface/tokenizers knows too, so that Node gives the same ids: placeholders are cut out first as tokens of their own;
then accents go, digits become one "0", camelCase is cut, punctuation and what only some call white space becomes blanks,
and the rest is lower case.

Example: "PacketResponder 1 for block blk_<NUM>" -> [CLS] packet responder 0 for block blk <NUM>
"""
from collections import Counter

from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from views import PLACEHOLDER
from word_pieces import ALPHABET, vocabulary

VOCABULARY = 4096
SPECIAL = ["[PAD]", "[UNK]", "[MASK]", "[CLS]"]
PAD, UNK, MASK, CLS = range(4)
# What processor/template/mask.ts writes.
PLACEHOLDERS = ["<*>", "<NUM>", "<HEX>", "<IP>", "<UUID>", "<PATH>", "<DUR>", "<SIZE>", "<TIME>", "<HOST>", "<MAC>"]
FIRST_WORD = len(SPECIAL) + len(PLACEHOLDERS)


def train_tokenizer(texts):
    """A tokenizer of at most VOCABULARY entries; ids below FIRST_WORD are special tokens and placeholders."""
    named = SPECIAL + PLACEHOLDERS
    pieces = vocabulary(word_counts(texts), VOCABULARY - len(named))
    ids = {piece: at for at, piece in enumerate([*named, *pieces])}
    tokenizer = Tokenizer(models.WordPiece(ids, unk_token="[UNK]", max_input_chars_per_word=64))
    tokenizer.normalizer = normalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.add_special_tokens([AddedToken(text, normalized=False, special=True) for text in named])
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A", special_tokens=[("[CLS]", CLS)])
    return tokenizer


def normalizer():
    return normalizers.Sequence([
        normalizers.NFD(),
        normalizers.StripAccents(),
        normalizers.Replace(Regex("[0-9]+"), " 0 "),
        normalizers.Replace(Regex("(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])"), " "),
        normalizers.Replace(Regex(r"[\x00-/:-@\[-`{-\u00bf\u2000-\u206f\ufeff]+"), " "),
        normalizers.Lowercase(),
    ])


def word_counts(texts):
    """The words of the texts as the model is going to see them, placeholders and other alphabets left out."""
    normal = normalizer()
    words = Counter()
    for text in texts:
        words.update(normal.normalize_str(PLACEHOLDER.sub(" ", text)).split())
    return {word: count for word, count in words.items() if set(word) <= set(ALPHABET)}
