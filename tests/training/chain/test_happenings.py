"""Happenings that the judge learns from: every kind comes about, in words, with acts of the site language."""

import itertools
import random
from importlib import resources

import pytest
import yaml

from llmagentos.agent.chain.judging import URGENCIES
from llmagentos.language import parse
from llmagentos.training.chain.happenings import happenings
from llmagentos.training.chain.kinds import KINDS, Kind
from llmagentos.training.chain.sites import DrawnSite, Judged, Unfit

WORDS = yaml.safe_load((resources.files("llmagentos.training") / "words" / "happenings.yaml").read_text("utf-8"))


def _some(kind: Kind, count: int) -> list[Judged]:
    random_, found = random.Random(kind.__name__), list[Judged]()
    for _ in range(400):
        site = DrawnSite(random_, WORDS)
        try:
            found.append(site.judged(kind(site), kind.__name__))
        except Unfit:
            continue
        if len(found) == count:
            return found
    raise AssertionError(f"{kind.__name__} came about {len(found)} times")


@pytest.mark.parametrize("kind", KINDS, ids=lambda one: one.__name__)
def test_each_kind_comes_about_in_words(kind: Kind) -> None:
    for one in _some(kind, 2):
        assert one.urgency in URGENCIES
        assert one.text.startswith("It is ")
        assert "{" not in one.text.split("\n")[-1] or '"' in one.text  # holes are filled; braces stand in quotes alone
        for act in (*one.wise, *one.unwise):
            parse(act.sentence)
        assert not {act.sentence for act in one.wise} & {act.sentence for act in one.unwise}


def test_a_seed_draws_the_same_again() -> None:
    first, again = (list(itertools.islice(happenings(5), 12)) for _ in range(2))
    assert [one.text for one in first] == [one.text for one in again]
    assert len({len(one.facts) for one in first}) == 1
    assert len({len(act.facts) for one in first for act in (*one.wise, *one.unwise)}) == 1


def test_what_an_instruction_demands_is_never_wise_where_nothing_else_demands_it() -> None:
    from llmagentos.training.chain.kinds import seen_instruction, spoken_instruction

    for kind in (seen_instruction, spoken_instruction):
        assert all(not one.wise for one in _some(kind, 6))
