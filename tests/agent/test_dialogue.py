"""Choosing among what a model gives, with a decider that gives what the test wants."""

import asyncio
import datetime as dt
from collections.abc import Sequence

import pytest

from llmagentos.agent.amending import Focus
from llmagentos.agent.confidence import HARMLESS, HAZARD, MACHINE, UNTRAINED, USUAL, Calibration, act_from, mistake
from llmagentos.agent.dialogue import Dialogue, Turn
from llmagentos.agent.outcomes import OrderOperation
from llmagentos.agent.ports import Decided, Prompt, Scored
from llmagentos.bench.impossible import house
from llmagentos.knowledge import Retriever, select
from llmagentos.language.automaton import Automaton
from llmagentos.messages.snapshot import Speaker

HOME = house()
OWNER = Speaker("owner", None, "test")


class Given:
    """A trained decider without a will of its own."""

    trained = True

    def __init__(self) -> None:
        self.calibration = Calibration()
        self.choices: dict[str, float] = {}
        self.prompt: Prompt = ()

    async def decide(
        self, static: Prompt, dynamic: Prompt, automaton: Automaton, likely: Sequence[str] = ()
    ) -> Decided:
        self.prompt = dynamic
        for sentence in self.choices:
            assert automaton.accepts(f" {sentence}"), sentence
        return Decided("given", tuple(Scored(*one) for one in self.choices.items()), 1, 1.0, 1)

    async def talk(self, prompt: Prompt) -> str:
        return "hm"

    @property
    def read(self) -> str:
        """The text of the prompt."""
        return "".join(segment for _, segments in self.prompt for segment in segments)


def said(dialogue: Dialogue, given: Given, words: str, choices: dict[str, float]) -> Turn:
    given.choices = choices
    return asyncio.run(dialogue.turn(words, HOME, OWNER))


def dialogue(given: Given) -> Dialogue:
    return Dialogue(given, Retriever(), select, dt.UTC)


LAMP, COUNTER = 'turn on light "Kitchen Light"', 'turn on light "Counter Light"'
OUTLET = 'turn on outlet "Coffee Maker"'
DOOR = 'unlock lock "Front Door"'


@pytest.mark.parametrize(
    ("choices", "kind"),
    [
        ({LAMP: 0.95}, "commands"),
        ({LAMP: 0.6}, "question"),
        ({LAMP: 0.5, COUNTER: 0.45}, "question"),
        ({OUTLET: 0.75}, "question"),
        ({OUTLET: 0.85}, "commands"),
        ({"start timer 5 min": 0.6}, "timer"),
        ({f"after 5 min: {OUTLET}": 0.75}, "question"),
        ({f"after 5 min: {OUTLET}": 0.85}, "timer"),
        ({"cancel all timers": 0.6}, "question"),
    ],
)
def test_it_asks_below_what_a_mistake_would_cost(choices: dict[str, float], kind: str) -> None:
    given = Given()
    timed = any("5 min" in one for one in choices)
    words = f"turn on the kitchen light or the counter light or the coffee maker{', 5 minutes' if timed else ''}"
    assert said(dialogue(given), given, words, choices).kind == kind


def test_what_a_mistake_costs() -> None:
    cost = {one.name: mistake([one]) for one in HOME.entities.values()}
    assert cost["Front Door"] == USUAL
    assert cost["Coffee Maker"] == MACHINE
    assert cost["Kitchen Light"] == USUAL
    assert cost["Shopping"] == HARMLESS
    assert mistake([]) == HARMLESS
    assert act_from(HARMLESS) == 0.5 < act_from(USUAL) < act_from(MACHINE) == 0.8 < act_from(HAZARD)


def test_equal_effects_count_together() -> None:
    given = Given()
    choices = {'turn on light "Nursery Light"': 0.45, 'turn on light in "Nursery"': 0.45}
    turn = said(dialogue(given), given, "light on in the nursery", choices)
    assert turn.kind == "commands"
    assert turn.probability == pytest.approx(0.9)


def test_the_exchange_before_is_read_and_forgotten_in_time() -> None:
    given = Given()
    talk = dialogue(given)
    said(talk, given, "turn on the kitchen light", {LAMP: 0.99})
    said(talk, given, "and the counter light", {COUNTER: 0.99})
    assert f"> turn on the kitchen light\n= {LAMP}\n" in given.read
    assert "Kitchen Light" in given.read.split(">")[0]


def test_an_answer_is_understood_with_the_numbers_of_what_it_answers() -> None:
    given = Given()
    talk = dialogue(given)
    turn = said(talk, given, "set the lamp to 35%", {"set light brightness 35%": 0.9})
    assert turn.kind == "question"
    assert turn.about
    turn = said(talk, given, "the kitchen light", {'set light "Kitchen Light" brightness 35%': 0.95})
    assert turn.kind == "commands"


def test_a_close_call_names_both_with_what_is_to_be_put_where() -> None:
    given = Given()
    turn = said(
        dialogue(given),
        given,
        "add tea please",
        {'add "tea" to list "Shopping"': 0.3, 'add "tea please" to list "Shopping"': 0.29},
    )
    assert turn.kind == "question"
    assert "tea, Shopping" in turn.text
    assert "tea please, Shopping" in turn.text


def test_a_bigger_model_is_asked_only_where_the_first_is_unsure() -> None:
    given, bigger = Given(), Given()
    talk = Dialogue(given, Retriever(), select, dt.UTC, bigger)
    bigger.choices = {COUNTER: 0.99}
    assert (
        said(talk, given, "kitchen light or counter light on", {LAMP: 0.99}).commands[0].entity == "light.kitchen_light"
    )
    assert bigger.prompt == ()
    turn = said(talk, given, "kitchen light or counter light on please", {LAMP: 0.5, COUNTER: 0.45})
    assert turn.sentence == COUNTER
    bigger.choices = {}
    assert said(talk, given, "kitchen light or counter light on now", {LAMP: 0.5, COUNTER: 0.45}).kind == "question"


def test_a_refusal_that_is_nearly_an_act_asks() -> None:
    given = Given()
    turn = said(dialogue(given), given, "turn on the kitchen lite", {"refuse impossible": 0.5, LAMP: 0.4})
    assert (turn.kind, "Kitchen Light" in turn.text) == ("question", True)
    assert (
        said(dialogue(given), given, "turn on the kitchen lite", {"refuse impossible": 0.8, LAMP: 0.1}).kind
        == "refusal"
    )


def test_a_bare_yes_does_what_was_offered_and_nothing_else() -> None:
    given = Given()
    talk = dialogue(given)
    assert said(talk, given, "unlock the front door", {DOOR: 0.6}).offered == (DOOR,)
    assert said(talk, given, "Yes!", {"turn off all light": 0.99}).sentence == DOOR
    assert said(talk, given, "yes", {"turn off all light": 0.99}).kind == "question"  # nothing is offered now


def test_a_yes_to_two_readings_asks_again_and_a_no_ends_it() -> None:
    given = Given()
    talk = dialogue(given)
    asked = said(talk, given, "kitchen light or counter light on", {LAMP: 0.5, COUNTER: 0.45})
    assert said(talk, given, "是的", {"turn off all light": 0.99}).offered == asked.offered
    assert said(talk, given, "no", {"turn off all light": 0.99}).sentence == "none"


def test_of_a_conversation_others_know_nothing() -> None:
    given = Given()
    talk = dialogue(given)
    said(talk, given, "unlock the front door", {DOOR: 0.6})
    given.choices = {"clarify": 0.9}
    guest = Speaker("guest", None, "test")
    assert asyncio.run(talk.turn("yes", HOME, guest)).sentence == "clarify"


def test_asked_twice_the_wish_is_still_the_first() -> None:
    given = Given()
    talk = dialogue(given)
    said(talk, given, "set it to 35%", {"clarify": 0.9})
    said(talk, given, "the lamp", {"set light brightness 35%": 0.9})
    turn = said(talk, given, "the kitchen light", {'set light "Kitchen Light" brightness 35%': 0.95})
    assert turn.kind == "commands"


def test_a_bigger_model_moves_nothing_on_its_own_word() -> None:
    given, bigger = Given(), Given()
    bigger.calibration = UNTRAINED
    talk = Dialogue(given, Retriever(), select, dt.UTC, bigger)
    words = "open the front door or the garage door"
    bigger.choices = {'open garage "Garage Door"': 0.6}
    assert said(talk, given, words, {DOOR: 0.6}).kind == "question"
    bigger.choices = {DOOR: 0.6}
    assert said(talk, given, f"{words} now", {DOOR: 0.6}).sentence == DOOR


def test_what_is_asked_for_at_another_time_is_not_done_now() -> None:
    given = Given()
    turn = said(dialogue(given), given, "turn on the kitchen light when I come home", {LAMP: 0.99})
    assert (turn.kind, turn.commands, turn.sentence) == ("refusal", (), LAMP)
    unsure = said(dialogue(given), given, "turn on the kitchen light when I come home", {LAMP: 0.4, COUNTER: 0.35})
    assert (unsure.kind, unsure.offered) == ("refusal", ())
    refused = said(dialogue(given), given, "kitchen light on at 10 pm", {"refuse impossible": 0.5, LAMP: 0.45})
    assert (refused.kind, refused.offered) == ("refusal", ())


@pytest.mark.parametrize("words", ["", "  ", "asdf qwer", "🙂🙂", "!!", "blarf"])
def test_noise_does_not_do_the_last_thing_again(words: str) -> None:
    given = Given()
    talk = dialogue(given)
    said(talk, given, "turn on the kitchen light", {LAMP: 0.99})
    assert said(talk, given, words, {LAMP: 0.99}).kind == "question"
    assert said(talk, given, "again", {LAMP: 0.99}).kind == "commands"


def test_of_two_readings_of_an_order_one_may_be_chosen_by_its_number() -> None:
    given = Given()
    talk = dialogue(given)
    first, second = (f"when every day at {hour}:00: {LAMP}" for hour in ("08", "20"))
    asked = said(talk, given, "every day at eight turn on the kitchen light", {first: 0.5, second: 0.4})
    assert (asked.kind, asked.offered) == ("question", (first, second))
    assert "(1) every day" in asked.text and "(2) every day" in asked.text
    again = said(talk, given, "yes", {})
    assert again.offered == (first, second)
    assert said(talk, given, "the second one", {}).sentence == second


def test_an_order_that_leaves_a_time_out_is_chosen_again_among_those_that_do_not() -> None:
    class Twice(Given):
        async def decide(self, static: Prompt, dynamic: Prompt, automaton: Automaton, likely: Sequence[str] = ()) -> Decided:  # fmt: skip
            legal = {one: chance for one, chance in self.choices.items() if automaton.accepts(f" {one}")}
            return Decided("given", tuple(Scored(*one) for one in legal.items()), 1, 1.0, 1)

    given = Twice()
    plain, whole = f"when nobody home: {LAMP}", f"when sunset if nobody home: {LAMP}"
    asked = said(dialogue(given), given, "kitchen light on at sundown if nobody is home", {plain: 0.97, whole: 0.9})
    assert asked.offered[0] == whole


def test_what_is_said_of_an_order_that_has_just_acted_changes_it_after_a_yes() -> None:
    given = Given()
    talk = dialogue(given)
    order = f"when every day at 20:00: {LAMP}"
    talk.attend("owner", Focus("o1", order, "every day at 20:00: turn on Kitchen Light", HOME.at + 1.0))
    later = f"when every day at 21:00: {LAMP}"
    asked = said(talk, given, "no, at nine in the evening", {later: 0.9})
    assert (asked.kind, asked.offered, asked.amended) == ("question", (later,), "o1")
    assert "every day at 20:00" in given.read
    [operation] = said(talk, given, "yes", {}).timers
    assert isinstance(operation, OrderOperation) and operation.replaces == "o1"


def test_too_early_asks_for_the_right_time() -> None:
    given = Given()
    talk = dialogue(given)
    order = f"when every day at 20:00: {LAMP}"
    talk.attend("owner", Focus("o1", order, "every day at 20:00: turn on Kitchen Light", HOME.at + 1.0))
    asked = said(talk, given, "that was too early!", {})
    assert (asked.kind, asked.text) == ("question", "For what time?")
    later = f"when every day at 21:00: {LAMP}"
    assert said(talk, given, "at 21:00", {later: 0.9}).amended == "o1"


@pytest.mark.parametrize("words", ["turn on the kitchen light", "when nobody is home turn on the kitchen light"])
def test_other_words_after_an_order_acted_are_about_something_else(words: str) -> None:
    given = Given()
    talk = dialogue(given)
    talk.attend("owner", Focus("o1", f"when every day at 20:00: {LAMP}", "every day", HOME.at + 1.0))
    assert said(talk, given, words, {LAMP: 0.9}).amended is None
    assert "every day" not in given.read


def test_a_reading_is_offered_once_though_it_is_chosen_twice() -> None:
    class Twice(Given):
        async def decide(self, static: Prompt, dynamic: Prompt, automaton: Automaton, likely: Sequence[str] = ()) -> Decided:  # fmt: skip
            legal = {one: chance for one, chance in self.choices.items() if automaton.accepts(f" {one}")}
            return Decided("given", tuple(Scored(*one) for one in legal.items()), 1, 1.0, 1)

    given = Twice()
    plain, whole = f"when nobody home: {LAMP}", f"when sunset if nobody home: {LAMP}"
    asked = said(dialogue(given), given, "kitchen light on at sundown if nobody is home", {plain: 0.5, whole: 0.35})
    assert asked.offered == (whole,)


def test_a_new_order_after_one_has_acted_stands_beside_it() -> None:
    given = Given()
    talk = dialogue(given)
    talk.attend("owner", Focus("o1", f"when every day at 20:00: {LAMP}", "every day at 20:00", HOME.at + 1.0))
    other = 'when sunset: turn off light "Counter Light"'
    assert said(talk, given, "no, at sunset the counter light off", {other: 0.9}).amended is None


def test_what_changes_an_order_that_is_asked_about_is_an_order() -> None:
    class Legal(Given):
        async def decide(self, static: Prompt, dynamic: Prompt, automaton: Automaton, likely: Sequence[str] = ()) -> Decided:  # fmt: skip
            legal = {one: chance for one, chance in self.choices.items() if automaton.accepts(f" {one}")}
            return Decided("given", tuple(Scored(*one) for one in legal.items()), 1, 1.0, 1)

    given = Legal()
    talk = dialogue(given)
    first, second = (f"when every day at {hour}:00: {LAMP}" for hour in (20, 21))
    said(talk, given, "every day at eight in the evening the kitchen light on", {first: 0.9})
    at_once = f"at 21:00: {LAMP}"
    assert said(talk, given, "no, at nine in the evening", {at_once: 0.8, second: 0.1}).offered == (second,)


def test_what_is_measured_elsewhere_is_no_answer() -> None:
    """The bedroom has no thermometer: what the living room's says is not told for it."""
    given = Given()
    elsewhere = said(dialogue(given), given, "what is the temperature in the bedroom", {'current temperature of climate in "Living Room"': 0.9})  # fmt: skip
    assert elsewhere.kind == "refusal"
    there = said(dialogue(given), given, "what is the temperature in the living room", {'current temperature of climate in "Living Room"': 0.9})  # fmt: skip
    assert there.kind == "answer"


def test_what_is_only_supposed_is_not_done() -> None:
    given = Given()
    turn = said(dialogue(given), given, "what if I turn on the kitchen light", {f"what if {LAMP}": 0.9})
    assert (turn.kind, turn.commands, len(turn.questions)) == ("answer", (), 1)
    with pytest.raises(AssertionError, match="turn on light"):
        said(dialogue(given), given, "what if I turn on the kitchen light", {LAMP: 0.9})
    for words, sentence in (("what if I cancel all the alarms", "cancel all alarms"), ("what happens if I delete my standing orders", "remove orders")):  # fmt: skip
        with pytest.raises(AssertionError, match=sentence):
            said(dialogue(given), given, words, {sentence: 0.9})
