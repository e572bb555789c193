"""Guesses: what was said most like it, applied to what is here. They need not be right, but they must be sentences."""

import pytest

from llmagentos.agent.draft import Draft
from llmagentos.agent.prompt import examples
from llmagentos.agent.site_index import SiteIndex
from llmagentos.app.simulated import snapshot_of
from llmagentos.bench.scale import home_of_size
from llmagentos.language import parse

SNAPSHOT = snapshot_of(home_of_size(16))
INDEX = SiteIndex(SNAPSHOT)


def guesses(words: str, name: str, *remembered: tuple[str, str]) -> list[str]:
    draft = Draft((*examples(), *remembered))
    entity = next(one for one in SNAPSHOT.entities.values() if one.name.endswith(name))
    made = draft.likely(words.format(entity.name.lower()), [entity], INDEX)
    return [one.replace(entity.name, "X") for one in made]


@pytest.mark.parametrize(
    ("words", "name", "guess"),
    (
        ("turn off the {}", "Fan", 'turn off fan "X"'),
        ("set the {} to 35 percent", "Desk Lamp", 'set light "X" brightness 35%'),
        ("unlock the {}", "Door Lock", 'unlock lock "X"'),
    ),
)
def test_the_examples_are_its_first_memory(words: str, name: str, guess: str) -> None:
    assert guess in guesses(words, name)


def test_it_learns_from_what_was_said_here() -> None:
    said = ("let there be light at the lamp", 'turn on light "Lamp"')
    assert guesses("let there be light at the {}", "Ceiling Light", said)[0] == 'turn on light "X"'


def test_it_guesses_only_what_can_be_said_of_the_device() -> None:
    for name in ("Fan", "Blind", "Thermostat", "Temperature", "Door Lock"):
        for words in ("open the {}", "is the {} locked", "set the {} to 20", "{}", ""):
            for guess in guesses(words, name):
                assert parse(guess.replace("X", "Lamp"))
    assert not any("on" in one.split() for one in guesses("is the {} on", "Temperature"))


def test_nothing_to_guess_about() -> None:
    assert Draft(examples()).likely("turn on the light", [], INDEX) == []
    draft = Draft(())
    draft.remember("x", "no sentence of ours")
    draft.remember("do both", 'turn on light "A"; turn off light "B"')
    draft.remember("hello", "say")
    assert draft.likely("turn on the light", list(SNAPSHOT.entities.values())[:1], INDEX) == []
