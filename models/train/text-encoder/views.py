"""Other ways of writing a template, for contrastive training: what varies without changing the meaning."""
import re

PLACEHOLDER = re.compile(r"<(?:\*|[A-Z]+)>")
WORD = re.compile(r"[A-Za-z]+")
LEVEL_NAMES = [None, "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]
SYLLABLES = [a + b for a in "bcdfghklmnprstvwz" for b in ("a", "e", "i", "o", "u", "al", "er", "in", "or", "et")]
VALUES = {
    "<NUM>": lambda rng: str(int(rng.integers(100000))),
    "<DUR>": lambda rng: f"{int(rng.integers(5000))}ms",
    "<SIZE>": lambda rng: f"{int(rng.integers(900))} KB",
    "<HEX>": lambda rng: f"0x{int(rng.integers(1 << 40)):x}",
    "<IP>": lambda rng: ".".join(str(int(n)) for n in rng.integers(1, 255, 4)),
    "<PATH>": lambda rng: "/" + "/".join(pseudo_word(rng) for _ in range(3)),
    "<*>": lambda rng: pseudo_word(rng),
}
DROP, SYNONYM, SWAP, UNTYPE, REDRAW = 0.18, 0.3, 0.15, 0.25, 0.1


def read_synonyms(path):
    """word -> the others of its groups"""
    others = {}
    with open(path, encoding="utf8") as file:
        for line in file:
            group = [] if line.startswith("#") else line.split()
            for word in group:
                others.setdefault(word, []).extend(other for other in group if other != word)
    return others


def pseudo_word(rng):
    return "".join(SYLLABLES[int(i)] for i in rng.integers(len(SYLLABLES), size=int(rng.integers(2, 4))))


def view(text, synonyms, renamed, rng):
    """One way of writing `text`: words dropped, replaced and swapped, parameters drawn again."""
    words = [renamed_word(word, renamed) for word in text.split()]
    kept = [word for word in words if rng.random() >= DROP] or words
    out = [PLACEHOLDER.sub(lambda match: redrawn(match.group(), rng), synonym_of(word, synonyms, rng)) for word in kept]
    if len(out) > 2 and rng.random() < SWAP:
        at = int(rng.integers(len(out) - 1))
        out[at], out[at + 1] = out[at + 1], out[at]
    return " ".join(out)


def renamed_word(word, renamed):
    return WORD.sub(lambda match: renamed.get(match.group().lower(), match.group()), word) if renamed else word


def synonym_of(word, synonyms, rng):
    known = synonyms.get(word.lower().strip(":,.;()[]"))
    return known[int(rng.integers(len(known)))] if known and rng.random() < SYNONYM else word


def redrawn(placeholder, rng):
    chance = rng.random()
    if chance < REDRAW and placeholder in VALUES:
        return VALUES[placeholder](rng)
    return "<*>" if chance < REDRAW + UNTYPE else placeholder


def renaming(texts, rng, share=0.4):
    """Made-up words for some of the words of a system, the same in all of its texts: they must be told apart by their
    letters, as the words of a system that was never seen must."""
    words = sorted({match.lower() for text in texts for match in WORD.findall(PLACEHOLDER.sub(" ", text))})
    return {word: pseudo_word(rng) for word in words if rng.random() < share}


def envelope(rng):
    """severity name -> what stands before the message where the body is the whole line; the same for a whole system."""
    logger = ".".join(pseudo_word(rng) for _ in range(int(rng.integers(1, 4))))
    with_level, with_logger, with_thread = rng.random() < 0.6, rng.random() < 0.5, rng.random() < 0.3

    def before(level):
        parts = ["<TIME>", f"[{pseudo_word(rng)}]" if with_thread else "", level if with_level and level else "",
                 f"{logger}:" if with_logger else ""]
        return " ".join(part for part in parts if part) + " "

    return before
