import itertools
from collections import Counter
from pathlib import Path

import pytest

from llmagentos.inference.chat import Chat
from llmagentos.inference.decision import TokenAutomaton
from llmagentos.inference.tokenizer import Tokenizer
from llmagentos.language import parse, render
from llmagentos.training.borrowed import Quote
from llmagentos.training.corpus import Kept, cut, distinct, read, write
from llmagentos.training.making import variety
from llmagentos.training.situations import Situation, Situations
from tests.inference.vocabulary import TRAINED

CHAT = Chat(Tokenizer(TRAINED))


def drawn(count: int, seed: int = 3, language: str = "en") -> list[Situation]:
    return list(itertools.islice(Situations(seed, {language: 1.0}), count))


@pytest.mark.parametrize("language", ("en", "zh"))
def test_situations_are_legal_and_many_sided(language: str) -> None:
    source = Situations(3, {language: 1.0})
    made = list(itertools.islice(source, 300))
    for one in made:
        assert one.automaton.accepts(f" {one.sentence}")
        assert render(parse(one.sentence)) == one.sentence
    forms = Counter(type(parse(one.sentence).statements[0]).__name__ for one in made)
    assert len(forms) > 14
    assert sum(source.dropped.values()) < 40


def test_the_same_seed_says_the_same() -> None:
    assert [one.words for one in drawn(40)] == [one.words for one in drawn(40)]
    assert [one.words for one in drawn(40)] != [one.words for one in drawn(40, seed=4)]


def test_cutting_follows_the_automaton() -> None:
    for situation in drawn(40):
        example = cut(situation, CHAT)
        assert CHAT.decode(example.answer).strip() == situation.sentence
        legal = TokenAutomaton(situation.automaton, CHAT)
        assert legal.tokens(situation.sentence) == example.answer
        for choice in example.choices:
            assert choice.allowed[choice.right] == example.answer[choice.at]
            assert len(choice.allowed) > 1
        assert example.choices[0].at == 0


def test_a_corpus_survives_its_file(tmp_path: Path) -> None:
    examples = [cut(one, CHAT) for one in drawn(30)]
    write(tmp_path / "corpus.gz", examples, {"seed": 3})
    about, back = read(tmp_path / "corpus.gz")
    assert back == examples
    assert about["seed"] == 3
    assert variety(back)["examples"] == 30


def test_sentences_of_test_sets_are_left_out(tmp_path: Path) -> None:
    made = drawn(60)
    kept_file = tmp_path / "set.yaml"
    kept_file.write_text(f"tests: [{{sentences: ['{made[5].words.replace(chr(39), '')}!']}}]", encoding="utf-8")
    dropped: Counter[str] = Counter()
    kept = Kept([tmp_path])
    left = list(distinct([*made, *made], kept, dropped))
    assert len(kept) == 1
    assert made[5].words.replace("'", "") not in {one.words.replace("'", "") for one in left}
    assert dropped["said before"] >= 50


def test_a_quote_has_a_hole_for_a_place() -> None:
    quote = Quote("lights on in the {a}", lambda _: parse("none").statements[0], "light")
    assert render(quote.program(None)) == "none"
