"""Wishes with a part left open: what is asked, and what the answer makes of them."""

import pytest

from llmagentos.agent.hearing import hear
from llmagentos.agent.legal import legal
from llmagentos.agent.site_index import SiteIndex
from llmagentos.knowledge import Retriever
from llmagentos.messages.snapshot import Speaker
from tests.agent.test_dialogue import HOME, Given, dialogue, said

LIGHT = 'set light "Kitchen Light" {}'
LIST = 'add {} to list "Shopping"'


@pytest.mark.parametrize(
    ("words", "sentence", "question"),
    [
        (
            "set the brightness of the kitchen light",
            LIGHT.format("brightness ?"),
            "How much brightness for Kitchen Light?",
        ),
        ("调一下Kitchen Light的亮度", LIGHT.format("brightness ?"), "Kitchen Light的亮度设为多少？"),
        ("put something on the shopping list", LIST.format("?"), "What shall I put on Shopping?"),
        ("take an item off shopping", 'remove ? from list "Shopping"', "What shall I take off Shopping?"),
        ("set an alarm", "set alarm at ?", "For what time?"),
        ("wake me tomorrow", "set alarm at ? on tomorrow", "For what time?"),
        ("a timer please", "start timer ?", "For how long?"),
    ],
)
def test_who_leaves_something_open_is_asked_for_it(words: str, sentence: str, question: str) -> None:
    given = Given()
    turn = said(dialogue(given), given, words, {sentence: 0.9})
    assert (turn.kind, turn.sentence, turn.text) == ("question", sentence, question)
    assert not turn.commands and not turn.timers


def test_the_answer_fills_what_was_open() -> None:
    given = Given()
    talk = dialogue(given)
    said(talk, given, "set the brightness of the kitchen light", {LIGHT.format("brightness ?"): 0.9})
    turn = said(talk, given, "30 percent", {LIGHT.format("brightness 30%"): 0.95})
    assert turn.kind == "commands" and turn.commands[0].value == 30
    said(talk, given, "put something on the shopping list", {LIST.format("?"): 0.9})
    turn = said(talk, given, "milk", {LIST.format('"milk"'): 0.95})
    assert turn.kind == "commands" and turn.commands[0].value == {"item": "milk"}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("set the kitchen light to 30 percent", LIGHT.format("brightness ?")),
        ("wake me at seven", "set alarm at ?"),
        ("a timer for ten minutes", "start timer ?"),
        ("what color is the kitchen light", LIGHT.format("brightness ?")),
        ("in ten minutes set the brightness of the kitchen light", "after 10 min: " + LIGHT.format("brightness ?")),
    ],
)
def test_nothing_is_open_that_was_said_or_waits(words: str, sentence: str) -> None:
    heard = hear(words, None, Retriever(), HOME, Speaker())
    assert not legal(words, HOME, Speaker(), heard, SiteIndex(HOME)).accepts(f" {sentence}")


@pytest.mark.parametrize(
    "sentence",
    [
        'when sunset: set light "Kitchen Light" brightness ?',
        "when every day at 07:00: start timer ?",
        'plan "p": task "t" { set light "Kitchen Light" brightness ? }',
        "after 5 min: set alarm at ?",
    ],
)
def test_what_runs_alone_has_no_open_parts(sentence: str) -> None:
    turn = dialogue(Given()).understand(sentence, HOME, Speaker())
    assert not turn.acts


def test_of_several_it_is_asked_which_first() -> None:
    turn = dialogue(Given()).understand("set light brightness ?", HOME, Speaker())
    assert turn.kind == "question" and turn.text.startswith("Which one")
    assert dialogue(Given()).understand('set light "Nowhere" brightness ?', HOME, Speaker()).kind == "refusal"
