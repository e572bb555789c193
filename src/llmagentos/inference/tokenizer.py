"""Byte-level BPE: text to tokens and back. Words of people never become control tokens; those are named, not written.

Source: Sennrich et al. 2016, algorithm 1, over the bytes of GPT-2; the ways of splitting are llama.cpp's (llama-vocab.cpp).
"""

import heapq
import itertools
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TypeAlias

import regex

from llmagentos.inference.weights.model import UnsupportedModel, Vocabulary

Tokens: TypeAlias = tuple[int, ...]

_CONTRACTIONS = r"'(?i:s|t|re|ve|m|ll|d)"
_GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
_MODERN = rf"{_CONTRACTIONS}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|%s| ?[^\s\p{{L}}\p{{N}}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
SPLITTINGS: dict[str, tuple[str, ...]] = {
    "smollm": (r"\p{N}|[^\p{N}]+", _GPT2),
    "qwen2": (_MODERN % r"\p{N}",),
    "llama-bpe": (_MODERN % r"\p{N}{1,3}",),
    "gpt-2": (_GPT2,),
}
"""Patterns applied one after the other, each to the pieces of the one before."""
MEMORY = 1 << 16
"""Words whose tokens are remembered."""


def _visible_bytes() -> dict[int, str]:
    """GPT-2's alphabet: printable bytes are themselves, the others follow from U+0100 on."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = (one for one in range(256) if one not in printable)
    return {one: chr(one) for one in printable} | {one: chr(256 + n) for n, one in enumerate(others)}


VISIBLE_BYTES = _visible_bytes()
_BYTES = {character: byte for byte, character in VISIBLE_BYTES.items()}


class Tokenizer:
    """The tokens of one vocabulary. Raises: UnsupportedModel for a splitting that is not known."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        if vocabulary.splitting not in SPLITTINGS:
            raise UnsupportedModel(
                f"the vocabulary splits words by {vocabulary.splitting!r}; known: {', '.join(SPLITTINGS)}"
            )
        self._patterns = [regex.compile(one) for one in SPLITTINGS[vocabulary.splitting]]
        self._tokens = vocabulary.tokens
        self._special = vocabulary.special
        ids = {token: number for number, token in enumerate(vocabulary.tokens)}
        self._named = {vocabulary.tokens[number]: number for number in vocabulary.special}
        self._byte = [ids.get(VISIBLE_BYTES[byte]) for byte in range(256)]
        try:
            self._merges = {
                (ids[left], ids[right]): (rank, ids[left + right])
                for rank, (left, right) in enumerate(vocabulary.merges)
            }
        except KeyError as error:
            raise UnsupportedModel(f"the vocabulary merges into {error}, which it does not have") from error
        self._word = lru_cache(MEMORY)(self._merged)

    def control(self, name: str) -> int | None:
        """The token of a control mark such as `<|im_end|>`, None where the vocabulary has none."""
        return self._named.get(name)

    def encode(self, text: str) -> Tokens:
        """Guarantees: never a control token; `decode` gives the text back, but for bytes the vocabulary does not have."""
        pieces: Iterator[str] = iter((text,))
        for pattern in self._patterns:
            pieces = itertools.chain.from_iterable(map(pattern.findall, pieces))
        return tuple(itertools.chain.from_iterable(map(self._word, pieces)))

    def decode(self, tokens: Sequence[int]) -> str:
        """The text of tokens; control tokens have none."""
        shown = "".join(self._tokens[one] for one in tokens if one not in self._special)
        return bytes(_BYTES.get(character, 63) for character in shown).decode("utf-8", errors="replace")

    def _merged(self, word: str) -> Tokens:
        """The pair of the lowest rank is merged first, the leftmost of equals: a linked list with a queue of pairs."""
        known = (self._byte[byte] for byte in word.encode("utf-8", errors="surrogatepass"))
        parts = [one for one in known if one is not None]
        after = [*range(1, len(parts)), -1]
        before = [-1, *range(len(parts) - 1)]
        queue = [
            (self._merges[pair][0], at, pair)
            for at, pair in enumerate(itertools.pairwise(parts))
            if pair in self._merges
        ]
        heapq.heapify(queue)
        while queue:
            _, at, pair = heapq.heappop(queue)
            right = after[at]
            if right < 0 or (parts[at], parts[right]) != pair:
                continue  # one of the two has been merged since
            parts[at], parts[right] = self._merges[pair][1], -1
            after[at] = after[right]
            if after[at] >= 0:
                before[after[at]] = at
            for left, right in ((before[at], at), (at, after[at])):
                new = (parts[left], parts[right]) if left >= 0 and right >= 0 else None
                if new in self._merges:
                    heapq.heappush(queue, (self._merges[new][0], left, new))
        return tuple(part for part in parts if part >= 0)
