import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmagentos.kernel.lists import Lists

WORDS = st.sampled_from(["milk", "Milk", "bread", "two eggs", "牛奶"])
STEPS = st.lists(st.tuples(st.sampled_from(["add", "remove", "complete"]), WORDS), max_size=30)


def test_a_list_is_made_once_under_a_name() -> None:
    lists = Lists()
    made = lists.new("  Shopping ")
    assert made is not None and made.name == "Shopping"
    assert lists.new("shopping") is None
    with pytest.raises(ValueError, match="a name"):
        lists.new("  ")


def test_ids_are_never_used_again() -> None:
    lists = Lists()
    first = lists.new("Party")
    assert first is not None and lists.drop(first.id) and not lists.drop(first.id)
    again = Lists()
    again.load(lists.dump())
    second = again.new("Party")
    assert second is not None and second.id != first.id


def test_what_is_done_stays_and_may_be_wanted_again() -> None:
    lists = Lists()
    made = lists.new("Shopping")
    assert made is not None
    assert lists.add(made.id, "milk") and not lists.add(made.id, "MILK")
    assert lists.complete(made.id, "Milk") and not lists.complete(made.id, "milk")
    assert lists.add(made.id, "milk")
    now = lists.get(made.id)
    assert now is not None and [(one.text, one.done) for one in now.items] == [("milk", True), ("milk", False)]
    assert lists.remove(made.id, "milk")
    now = lists.get(made.id)
    assert now is not None and [one.done for one in now.items] == [True]


def test_nothing_happens_to_a_list_that_is_not_there() -> None:
    lists = Lists()
    assert not (lists.add("list.own1", "milk") or lists.remove("list.own1", "milk") or lists.complete("list.own1", "x"))


@given(STEPS)
def test_no_two_open_items_are_the_same_and_state_survives(steps: list[tuple[str, str]]) -> None:
    lists = Lists()
    made = lists.new("Shopping")
    assert made is not None
    for action, text in steps:
        getattr(lists, action)(made.id, text)
    now = lists.get(made.id)
    assert now is not None
    still_open = [one.text.casefold() for one in now.items if not one.done]
    assert len(still_open) == len(set(still_open))
    again = Lists()
    again.load(lists.dump())
    assert again.all() == lists.all()
