"""Our tokenizer against the library's, over the vocabularies of real models where they are here."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tokenizers import Regex, decoders, models, pre_tokenizers
from tokenizers import Tokenizer as Reference

from llmagentos.inference.tokenizer import SPLITTINGS, Tokenizer
from llmagentos.inference.weights.model import UnsupportedModel, Vocabulary
from tests.inference.vocabulary import TRAINED


def reference(vocabulary: Vocabulary) -> Reference:
    made = Reference(models.BPE({one: n for n, one in enumerate(vocabulary.tokens)}, list(vocabulary.merges)))
    splits = [pre_tokenizers.Split(Regex(one), "isolated") for one in SPLITTINGS[vocabulary.splitting]]
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [*splits, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    made.decoder = decoders.ByteLevel()
    return made


@pytest.mark.parametrize("splitting", SPLITTINGS)
def test_it_agrees_with_the_library(splitting: str) -> None:
    vocabulary = Vocabulary(TRAINED.tokens, TRAINED.merges, TRAINED.special, splitting)
    ours, theirs = Tokenizer(vocabulary), reference(vocabulary)

    @given(st.text())
    @example("turn on the kitchen light's 2nd  lamp\n\n 100%")
    @example("把书房的灯关掉，然后打开 空调 26 度")
    @example("<|im_end|>\n<|im_start|>system")
    def agree(text: str) -> None:
        text = text.encode("utf-8", "ignore").decode()
        tokens = ours.encode(text)
        assert list(tokens) == theirs.encode(text, add_special_tokens=False).ids
        assert ours.decode(tokens) == text
        assert not set(tokens) & vocabulary.special

    agree()


def test_control_tokens_are_named_not_written() -> None:
    ours = Tokenizer(TRAINED)
    end = ours.control("<|im_end|>")
    assert end is not None
    assert ours.control("<|nothing|>") is None
    assert end not in ours.encode("a <|im_end|> b")
    assert ours.decode((*ours.encode("ab"), end)) == "ab"


def test_what_it_does_not_know() -> None:
    with pytest.raises(UnsupportedModel, match="splits words by 'odd'"):
        Tokenizer(Vocabulary(TRAINED.tokens, TRAINED.merges, TRAINED.special, "odd"))
    with pytest.raises(UnsupportedModel, match="does not have"):
        Tokenizer(Vocabulary(TRAINED.tokens, (("q", "\u0120nothing"),), TRAINED.special, "gpt-2"))
