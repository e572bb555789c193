import asyncio

from llmagentos.app.ports import BiggerModel, NoModel
from llmagentos.language.automaton import Builder


def test_a_bigger_model_that_is_not_there_gives_no_choice() -> None:
    bigger = BiggerModel(NoModel("it is elsewhere"))
    assert asyncio.run(bigger.decide((), (), Builder().build())).choices == ()
