"""Vocabularies: byte-level BPE learned from texts, or a token for each character. Needs `tokenizers`, of the `train` extra, to learn one."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import regex
from tokenizers import Regex, decoders, models, pre_tokenizers, trainers
from tokenizers import Tokenizer as Trained

from llmagentos.inference.tokenizer import SPLITTINGS, VISIBLE_BYTES, Tokenizer
from llmagentos.inference.weights.model import Vocabulary

SPLITTING = "qwen2"
FILL, BEGIN, END, MASK = "<|fill|>", "<|begin|>", "<|end|>", "<|mask|>"
CONTROL = (FILL, BEGIN, END, MASK)
"""What every vocabulary made here begins with, in this order."""


def learned(texts: Iterable[str], size: int, special: Sequence[str] = ()) -> Vocabulary:
    """Byte-level BPE of at most `size` tokens. Source: Sennrich et al. 2016, algorithm 1; every text can be written in it.

    Control tokens and `special` come first, then the 256 bytes. Raises: ValueError where `size` leaves no room for merges.
    """
    if size <= len(CONTROL) + len(special) + 256:
        raise ValueError(f"a vocabulary of {size} tokens has no room for merges; take 512 or more")
    trained = Trained(models.BPE())
    trained.pre_tokenizer = _splitting(SPLITTING)
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=[*CONTROL, *special], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False,
    )  # fmt: skip
    trained.train_from_iterator(texts, trainer)
    held = json.loads(trained.to_str())["model"]
    tokens = sorted(held["vocab"], key=held["vocab"].__getitem__)
    merges = tuple((str(left), str(right)) for left, right in held["merges"])
    return Vocabulary(tuple(tokens), merges, frozenset(range(len(CONTROL) + len(special))), SPLITTING)


def characters(text: str) -> Vocabulary:
    """A token for each byte that occurs, and no merges: of English text, a token for each character."""
    occurring = sorted(set(text.encode()))
    return Vocabulary(tuple(VISIBLE_BYTES[one] for one in occurring), (), frozenset(), SPLITTING)


def save(folder: Path, vocabulary: Vocabulary) -> None:
    """As `tokenizer.json`, which Hugging Face's libraries read and so do we."""
    special = sorted(vocabulary.special)
    data: dict[str, Any] = {
        "version": "1.0",
        "added_tokens": [
            {"id": one, "content": vocabulary.tokens[one], "special": True, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
            for one in special
        ],
        "normalizer": None,
        "pre_tokenizer": json.loads(_splitting(vocabulary.splitting).__getstate__()),
        "post_processor": None,
        "decoder": json.loads(decoders.ByteLevel().__getstate__()),
        "model": {
            "type": "BPE", "dropout": None, "unk_token": None, "byte_fallback": False, "fuse_unk": False, "ignore_merges": False,
            "continuing_subword_prefix": None, "end_of_word_suffix": None,
            "vocab": {token: number for number, token in enumerate(vocabulary.tokens)},
            "merges": [list(one) for one in vocabulary.merges],
        },
    }  # fmt: skip
    (folder / "tokenizer.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")


def read_vocabulary(folder: Path) -> Vocabulary:
    """What `save` wrote. Raises: OSError, ValueError."""
    data = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    held = data["model"]["vocab"]
    merges = tuple((str(left), str(right)) for left, right in data["model"]["merges"])
    special = frozenset(int(one["id"]) for one in data["added_tokens"])
    return Vocabulary(tuple(sorted(held, key=held.__getitem__)), merges, special, SPLITTING)


def _splitting(name: str) -> pre_tokenizers.PreTokenizer:
    """As our own tokenizer splits: its patterns one after the other, then bytes."""
    return pre_tokenizers.Sequence(
        [
            *(pre_tokenizers.Split(Regex(one), "isolated") for one in SPLITTINGS[name]),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )


class MarkedText:
    """Texts in which control tokens are written out, such as `<3>`, to tokens and back."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._tokenizer = Tokenizer(vocabulary)
        self._special = {vocabulary.tokens[one]: one for one in vocabulary.special}
        self._names = {one: name for name, one in self._special.items()}
        self._split = regex.compile("(" + "|".join(map(regex.escape, self._special)) + ")") if self._special else None

    def encode(self, text: str) -> list[int]:
        tokens: list[int] = []
        for piece in self._split.split(text) if self._split else (text,):
            if piece in self._special:
                tokens.append(self._special[piece])
            elif piece:
                tokens.extend(self._tokenizer.encode(piece))
        return tokens

    def decode(self, tokens: Sequence[int]) -> str:
        text, plain = "", list[int]()
        for one in tokens:
            if one in self._names:
                text += self._tokenizer.decode(plain) + self._names[one]
                plain = []
            else:
                plain.append(one)
        return text + self._tokenizer.decode(plain)
