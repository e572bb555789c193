import pytest

from llmagentos.agent.prompt import example_programs
from llmagentos.language import parse, render


@pytest.mark.parametrize("sentence", example_programs())
def test_examples_are_canonical_sentences(sentence: str) -> None:
    assert render(parse(sentence)) == sentence
