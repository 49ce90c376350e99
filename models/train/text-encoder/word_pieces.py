"""The vocabulary of a WordPiece model, by the merges of byte-pair encoding (Sennrich et al., ACL 2016), as the trainer of
the tokenizers library finds it; that one breaks ties by the order of a hash map, this one by the alphabet, so that the
same words always give the same vocabulary.
"""
import heapq
import string
from collections import Counter

ALPHABET = [*string.ascii_lowercase, "0"]


def vocabulary(counts, size, count_min=2):
    """At most `size` pieces for words with their counts: the alphabet as beginnings ("a") and continuations ("##a"), then
    what merges most often, as long as it merges in `count_min` words of the text.

    Example: vocabulary({"block": 9, "blocks": 5}, 60)[-2:] -> ["block", "blocks"]
    """
    pieces = [*ALPHABET, *(f"##{letter}" for letter in ALPHABET)]
    words = [([word[0], *(f"##{letter}" for letter in word[1:])], count) for word, count in sorted(counts.items())]
    pairs, where = Counter(), {}
    for at, (parts, count) in enumerate(words):
        for pair in zip(parts, parts[1:]):
            pairs[pair] += count
            where.setdefault(pair, set()).add(at)
    known = set(pieces)
    # An entry whose count is no longer true is skipped: the true one is in the heap too.
    heap = [(-count, pair) for pair, count in pairs.items()]
    heapq.heapify(heap)
    while len(pieces) < size and heap:
        count, best = heapq.heappop(heap)
        if count != -pairs[best]:
            continue
        if -count < count_min:
            break
        merged = best[0] + best[1].removeprefix("##")
        if merged not in known:
            known.add(merged)
            pieces.append(merged)
        changed = set()
        for at in where.pop(best):
            changed |= replace(words, at, best, merged, pairs, where)
        del pairs[best]
        for pair in changed - {best}:
            heapq.heappush(heap, (-pairs[pair], pair))
    return pieces


def replace(words, at, best, merged, pairs, where):
    """Merges one pair within one word, and counts its neighbours anew; returns the pairs whose count has changed."""
    parts, count = words[at]
    changed = set(zip(parts, parts[1:]))
    for pair in zip(parts, parts[1:]):
        pairs[pair] -= count
    joined, i = [], 0
    while i < len(parts):
        if tuple(parts[i:i + 2]) == best:
            joined.append(merged)
            i += 2
        else:
            joined.append(parts[i])
            i += 1
    for pair in zip(joined, joined[1:]):
        pairs[pair] += count
        where.setdefault(pair, set()).add(at)
    words[at] = (joined, count)
    return changed | set(zip(joined, joined[1:]))
