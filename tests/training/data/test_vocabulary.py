"""Vocabularies: every text comes back, and Hugging Face's library cuts as ours does."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer as Reference

from llmagentos.training.data.vocabulary import CONTROL, MarkedText, characters, learned, save

TEXT = "Turn on the kitchen light. 打开厨房的灯。 It's 21.5 °C at 10:30!\n" * 30
VOCABULARY = learned([TEXT], 400, ["<0>", "<1>"])
MARKED = MarkedText(VOCABULARY)


def test_control_tokens_come_first_and_merges_make_words() -> None:
    assert VOCABULARY.tokens[:6] == (*CONTROL, "<0>", "<1>")
    assert VOCABULARY.special == frozenset(range(6))
    assert len(MARKED.encode(" kitchen")) == 1


@given(st.text())
def test_every_text_comes_back(text: str) -> None:
    assert MARKED.decode(MARKED.encode(text)) == text.encode("utf-8", "replace").decode("utf-8", "replace")


def test_marks_are_one_token_each() -> None:
    tokens = MARKED.encode("turn on <1> in <0>")
    assert tokens[-1] == 4 and 5 in tokens
    assert MARKED.decode(tokens) == "turn on <1> in <0>"


def test_the_saved_one_cuts_alike_elsewhere(tmp_path: Path) -> None:
    save(tmp_path, VOCABULARY)
    reference = Reference.from_file(str(tmp_path / "tokenizer.json"))
    for text in (TEXT, "  two  spaces\n\n and 12345 numbers ", "<1> 打开 <0>"):
        assert reference.encode(text).ids == MARKED.encode(text)


def test_characters_are_those_of_the_text() -> None:
    held = characters("hello\n")
    assert len(held.tokens) == 5
    assert MarkedText(held).decode(MarkedText(held).encode("hole\n")) == "hole\n"


def test_too_small_a_vocabulary_is_refused() -> None:
    with pytest.raises(ValueError, match="512"):
        learned([TEXT], 250)
