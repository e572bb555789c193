import gzip
import itertools
import json
from collections import Counter
from pathlib import Path

import pytest

from llmagentos.inference.chat import Chat
from llmagentos.inference.decision import TokenAutomaton
from llmagentos.inference.tokenizer import Tokenizer
from llmagentos.language import Selector, parse, render
from llmagentos.training.corpus import cut, distinct, read, write
from llmagentos.training.kept import Kept, overlap
from llmagentos.training.making import variety
from llmagentos.training.quoted import Quote, quotes
from llmagentos.training.situations import Situation, Situations, as_said
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


def test_a_damaged_corpus_is_named(tmp_path: Path) -> None:
    file = tmp_path / "corpus.gz"
    write(file, [cut(one, CHAT) for one in drawn(5)], {"seed": 3})
    whole = file.read_bytes()
    for damaged in (whole[: len(whole) // 2], b"no gzip", gzip.compress(b"{}\n"), b""):
        file.write_bytes(damaged)
        with pytest.raises(ValueError, match="make it again"):
            read(file)


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


def labelled(folder: Path, *said: tuple[str, str, dict[str, str]]) -> Path:
    """A file in the form of the training part of HWU64."""
    examples = [
        {"intent": intent, "text": text, "entities": [{"entity": one, "value": value} for one, value in slots.items()]}
        for intent, text, slots in said
    ]
    file = folder / "people.json.gz"
    file.write_bytes(gzip.compress(json.dumps({"rasa_nlu_data": {"common_examples": examples}}).encode()))
    return file


@pytest.mark.parametrize(
    ("intent", "words", "slots", "meaning"),
    [
        ("iot_hue_lightoff", "lights out in the attic", {"house_place": "attic"}, 'turn off light in "Attic"'),
        ("iot_hue_lightchange", "make the den lights red", {"color_type": "red", "house_place": "den"}, 'set light in "Attic" color "red"'),
        ("alarm_set", "wake me at six am tomorrow", {"time": "six am", "date": "tomorrow"}, "set alarm at 06:00 on tomorrow"),
        ("alarm_set", "get me up in half an hour", {"time": "half an hour"}, "start timer 30 min"),
        ("alarm_remove", "delete all alarms", {}, "cancel all alarms"),
        ("alarm_query", "did I set an alarm", {}, "alarms"),
        ("lists_createoradd", "add eggs to my food list", {"list_name": "food"}, 'add "eggs" to light in "Attic"'),
        ("lists_query", "what lists do i have", {}, "count list"),
        ("email_query", "any mail", {}, "refuse impossible"),
        ("general_joke", "tell me a joke", {}, "say"),
    ],
)  # fmt: skip
def test_labels_tell_what_people_meant(
    intent: str, words: str, slots: dict[str, str], meaning: str, tmp_path: Path
) -> None:
    file = labelled(tmp_path, (intent, words, slots))
    [quote] = [*quotes(file), *quotes(file, held_out=True)]
    assert render(quote.program(Selector("light", area="Attic"))) == meaning
    assert ("{a}" in quote.words) == ("house_place" in slots)


def test_quoted_texts_are_cased_as_they_were_said() -> None:
    assert as_said(parse('play "Mozart"'), "put on mozart please") == parse('play "mozart"')
    assert as_said(parse('play "Mozart"'), "put on mozrat please") is None
    assert as_said(parse("what time"), "anything") == parse("what time")


def test_near_duplicates_of_test_sentences_are_counted(tmp_path: Path) -> None:
    (tmp_path / "set.yaml").write_text(
        "tests: [{sentences: ['Turn on the big lamp in the hall!', '把客厅的大灯打开一下', 'say hello']}]",
        encoding="utf-8",
    )
    found = overlap(["turn on the big lamp in the hall", "把客厅的大灯打开一下吧", "open the gate"], Kept([tmp_path]))
    assert (found.sentences, found.wordings, found.same, found.near) == (3, 3, 1, 1)
    assert found.pairs[0][0] == 1.0
    assert found.pairs[-1] == (0.0, "say hello", "")
