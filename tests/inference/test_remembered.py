from llmagentos.inference.decision import Choice, Outcome
from llmagentos.inference.remembered import RememberedDecisions


def outcome(text: str, *, exact: bool = True) -> Outcome:
    return Outcome((Choice(text, 1.0),), 1, 1.0, exact, 1)


def test_the_last_are_kept_by_all_that_went_in() -> None:
    decisions = RememberedDecisions(2)
    for number in range(3):
        decisions.keep(("prompt", number), outcome(str(number)))
        assert decisions.recall(("prompt", 1)) == (outcome("1") if number > 0 else None)
    assert decisions.recall(("prompt", 0)) is None
    assert decisions.recall(("prompt", 2)) == outcome("2")


def test_what_was_cut_short_is_not_kept() -> None:
    decisions = RememberedDecisions()
    decisions.keep("key", outcome("a", exact=False))
    assert decisions.recall("key") is None
