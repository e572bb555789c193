"""What was read before, word for word or nearly so, is left out: a model learns by heart what it meets often.

Source: Broder, "On the resemblance and containment of documents", 1997; Lee et al., "Deduplicating training data makes language models better", 2022.
"""

import hashlib
import re
from collections import Counter

from rensa import RMinHash, RMinHashLSH

PERMUTATIONS, SEED = 128, 42
SHINGLE = 5
_WORD = re.compile(r"[\u4e00-\u9fff]|[^\W_]+")
SHORTEST = 8
"""Words below which only the same is left out: two short commands may differ in all that matters."""


class Duplicates:
    """Remembers 16 bytes of each document, and a signature of the longer ones. `threshold`: share of shingles in common."""

    def __init__(self, threshold: float = 0.8) -> None:
        self.threshold = threshold
        self.dropped: Counter[str] = Counter()
        self._same: set[bytes] = set()
        self._signatures: list[RMinHash] = []
        self._near = RMinHashLSH(threshold=threshold, num_perm=PERMUTATIONS, num_bands=bands(threshold))

    def seen(self, text: str) -> bool:
        """Whether this or nearly this was there before; remembers it if not."""
        words = _WORD.findall(text.casefold())
        key = hashlib.blake2b(" ".join(text.casefold().split()).encode(), digest_size=16).digest()
        if key in self._same:
            self.dropped["the same"] += 1
            return True
        self._same.add(key)
        if len(words) < SHORTEST:
            return False
        signature = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
        signature.update(sorted({" ".join(words[at : at + SHINGLE]) for at in range(len(words) - SHINGLE + 1)}))
        if any(self._signatures[one].jaccard(signature) >= self.threshold for one in self._near.query(signature)):
            self.dropped["nearly the same"] += 1
            return True
        self._near.insert(len(self._signatures), signature)
        self._signatures.append(signature)
        return False


def bands(threshold: float) -> int:
    """Into how many bands a signature is cut, so that likeness at the threshold is found nineteen times in twenty.

    Source: Leskovec et al., "Mining of massive datasets", section 3.4.2: 1 - (1 - s^rows)^bands.
    """
    counts = (one for one in (1, 2, 4, 8, 16, 32, 64, 128) if PERMUTATIONS % one == 0)
    return next((one for one in counts if 1 - (1 - threshold ** (PERMUTATIONS // one)) ** one >= 0.95), PERMUTATIONS)
