from llmagentos.agent.hearing import Earlier, hear
from llmagentos.bench.impossible import house
from llmagentos.knowledge import Retriever
from llmagentos.messages.snapshot import Speaker

HOME = house()
NURSERY = next(one.id for one in HOME.entities.values() if one.name == "Nursery Light")


def test_a_sentence_alone_offers_what_it_says() -> None:
    heard = hear("turn on the nursery light", None, Retriever(), HOME, Speaker())
    assert heard.words == "turn on the nursery light"
    assert [one.id for one in heard.shown] == [NURSERY]


def test_it_may_be_what_was_spoken_of_before() -> None:
    earlier = Earlier("turn on the nursery light", 'turn on light "Nursery Light"', about=(NURSERY,))
    heard = hear("a bit darker", earlier, Retriever(), HOME, Speaker())
    assert heard.entities[0].id == NURSERY
    assert NURSERY in [one.id for one in heard.shown]
    assert heard.words == "a bit darker"


def test_an_answer_is_heard_with_what_we_asked_about() -> None:
    earlier = Earlier("set the lamp to 35 percent", "set light brightness 35%", asked=True)
    heard = hear("the nursery one", earlier, Retriever(), HOME, Speaker())
    assert "35" in heard.words
    assert NURSERY in [one.id for one in heard.shown]


def test_what_is_gone_is_not_recalled() -> None:
    heard = hear("turn it on", Earlier("x", "say", about=("light.gone",)), Retriever(), HOME, Speaker())
    assert "light.gone" not in [one.id for one in heard.entities]
