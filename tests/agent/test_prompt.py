import pytest

from llmagentos.agent.prompt import examples
from llmagentos.language import parse, render


@pytest.mark.parametrize("sentence", [sentence for _, sentence in examples()])
def test_examples_are_canonical_sentences(sentence: str) -> None:
    assert render(parse(sentence)) == sentence
