"""What people say in other languages: every meaning is a sentence of the site language, and what is held out is not trained."""

from llmagentos.agent.quantities import durations, numbers
from llmagentos.agent.unexplained import meaningless
from llmagentos.language import Selector, render
from llmagentos.training.homes import TYPES
from llmagentos.training.others import others, words
from tests.shared import needs


def test_each_language_says_the_same_things() -> None:
    said = words()["said"]
    assert set(said) == {"de", "fr", "es"}
    assert len({tuple(one["means"] for one in each) for each in said.values()}) == 1


def test_what_is_held_out_is_not_trained_and_all_of_it_means_something() -> None:
    folders = tuple(needs(f"command-words/{one}") for one in ("german", "french", "spanish"))
    kept, trained = (others(folders, held_out=one) for one in (True, False))
    assert not {one.words for one in kept} & {one.words for one in trained}
    assert len(trained) > 1000 and len(kept) > 200
    for one in (*kept, *trained):
        kind = one.kind or (TYPES[one.device[0]].entity_class if one.device else "light")
        assert render(one.program(Selector(kind, name="X")))
        assert "<" not in one.words


def test_amounts_and_spans_are_heard_in_each() -> None:
    assert [numbers(one, "%") for one in ("auf 40 Prozent", "à 40 pour cent", "al 40 por ciento")] == [(40.0,)] * 3
    assert [numbers(one, "C") for one in ("21 Grad", "21 degrés", "21 grados")] == [(21.0,)] * 3
    spans = [durations(one)[0].seconds for one in ("5 Minuten", "2 heures", "3 horas", "1 Stunde", "10 segundos")]
    assert spans == [300, 7200, 10800, 3600, 10]
    assert numbers("5 Minuten auf 40 Grad", "%") == (5.0,)


def test_words_of_theirs_are_not_meaningless() -> None:
    assert not any(meaningless(one, ()) for one in ("Licht aus", "éteins la lumière", "apaga la luz"))
    assert meaningless("blorp grmpf", ())
