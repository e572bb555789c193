"""Pairs: what a name stands for is marked in both texts, and comes back."""

import itertools
from pathlib import Path

import pytest

from llmagentos.language import parse
from llmagentos.training.situations import Borrowed, Situations
from llmagentos.training.translation.pairs import Pair, lines, marked, named, read, site_pairs, write


def test_every_name_of_the_site_is_marked_and_comes_back() -> None:
    situations = list(itertools.islice(Situations(3, {"en": 0.5, "zh": 0.5}, Borrowed()), 60))
    pairs = [pair for one in situations if (pair := marked(one))]
    assert len(pairs) > 50
    assert [one.whole for one in pairs] == [one.sentence for one in situations if marked(one)]
    for one in pairs:
        assert parse(one.whole)
        for number, name in enumerate(one.names):
            assert f"<{number}> {name}".casefold() in one.source


def test_marks_of_nothing_stay() -> None:
    assert named("turn on <0>; turn off <7>", ("Lamp",)) == 'turn on "Lamp"; turn off <7>'


def test_site_pairs_are_the_same_for_a_seed_and_others_for_another() -> None:
    one, other, held = (
        site_pairs(40, seed, held_out=held_out, workers=1) for seed, held_out in ((5, False), (5, False), (5, True))
    )
    assert one == other != held
    assert len(set(one)) == 40


def test_they_are_written_and_read(tmp_path: Path) -> None:
    pairs = [Pair("light <0> 灯\n> 开灯", "turn on <0>", ("灯",)), Pair("a", "b")]
    write(tmp_path / "pairs.gz", pairs)
    assert read(tmp_path / "pairs.gz") == pairs


def test_two_files_must_match_line_by_line(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("one\ntwo\n\n", encoding="utf-8")
    (tmp_path / "b").write_text("eins\nzwei\n\n", encoding="utf-8")
    assert lines(tmp_path / "a", tmp_path / "b") == [Pair("one", "eins"), Pair("two", "zwei")]
    (tmp_path / "b").write_text("eins\n", encoding="utf-8")
    with pytest.raises(ValueError, match="2 lines"):
        lines(tmp_path / "a", tmp_path / "b")
