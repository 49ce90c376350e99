"""The corpus that build-corpus.ts writes, and how batches are drawn from it."""
import json

import numpy as np

from views import PLACEHOLDER, WORD

# Share of the batches' templates that come from each source; within "public", a system counts by the root of its templates.
SHARES = {"own": 0.45, "generated": 0.15, "public": 0.4}
PER_SYSTEM = 32
SIZE = 64
# Templates of two systems with so many words in common say the same thing: no negatives of each other.
SAME_ACROSS, SAME_WITHIN = 0.6, 0.95


class Corpus:
    """All templates but those of one group."""

    def __init__(self, path, without=None):
        with open(path, encoding="utf8") as file:
            systems = json.load(file)
        self.held_out = [system for system in systems if system["group"] == without]
        self.systems = [system for system in systems if system["group"] != without and system["templates"]]
        self.texts, self.severities, self.members = [], [], []
        for system in self.systems:
            self.members.append(np.arange(len(self.texts), len(self.texts) + len(system["templates"])))
            self.texts += [template["texts"] for template in system["templates"]]
            self.severities += [template["severity"] for template in system["templates"]]
        self.system_of = np.concatenate([np.full(len(rows), at) for at, rows in enumerate(self.members)])
        self.weights = self._weights()
        self.allowed = self._allowed()
        self.drawn = np.zeros(len(self.systems), np.int64)

    def _source(self, system):
        return system["group"] if system["group"] in SHARES else "public"

    def _weights(self):
        roots = np.array([len(rows) ** 0.5 for rows in self.members])
        sources = np.array([self._source(system) for system in self.systems])
        weights = np.zeros(len(roots))
        for source, share in SHARES.items():
            picked = sources == source
            weights[picked] = share * roots[picked] / roots[picked].sum()
        # A system smaller than PER_SYSTEM brings fewer templates each time that it is drawn.
        weights /= np.minimum(PER_SYSTEM, [len(rows) for rows in self.members])
        return weights / weights.sum()

    def _allowed(self):
        """Which pairs may be negatives of each other, [N, N]: by the Jaccard similarity of their words."""
        words = [{w.lower() for w in WORD.findall(PLACEHOLDER.sub(" ", texts[0]))} for texts in self.texts]
        index = {word: at for at, word in enumerate(sorted(set().union(*words)))}
        has = np.zeros((len(words), len(index)), np.float32)
        for row, some in enumerate(words):
            has[row, [index[word] for word in some]] = 1
        both = has @ has.T
        either = has.sum(1)[:, None] + has.sum(1)[None, :] - both
        jaccard = both / np.maximum(either, 1)
        same_system = self.system_of[:, None] == self.system_of[None, :]
        return jaccard < np.where(same_system, SAME_WITHIN, SAME_ACROSS)

    def batch(self, rng):
        """Rows of SIZE templates, at most PER_SYSTEM of each system that is drawn, in the order of the systems."""
        rows, systems = [], []
        while sum(len(part) for part in rows) < SIZE:
            at = int(rng.choice(len(self.systems), p=self.weights))
            if at in systems:
                continue
            members = self.members[at]
            room = min(PER_SYSTEM, len(members), SIZE - sum(len(part) for part in rows))
            rows.append(rng.choice(members, room, replace=False))
            systems.append(at)
            self.drawn[at] += room
        return np.concatenate(rows)

    def report(self):
        """What went in, for the model card."""
        total = max(1, int(self.drawn.sum()))
        shares = {source: 0.0 for source in SHARES}
        for system, drawn in zip(self.systems, self.drawn):
            shares[self._source(system)] += drawn / total
        return {
            "shares": {source: round(share, 4) for source, share in shares.items()},
            "systems": [{"name": system["name"], "group": system["group"], "templates": len(system["templates"]),
                         "share": round(int(drawn) / total, 4)} for system, drawn in zip(self.systems, self.drawn)],
        }
