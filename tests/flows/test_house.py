"""The demo house over a real broker: everything people say to it ends in the right states, read from the broker. The
choice is scripted here; `agentos bench house` runs the same cases with a model."""

import asyncio
from pathlib import Path

import pytest

from llmagentos.bench.assist import run_case
from llmagentos.bench.home import home_under_test
from llmagentos.bench.house import house_cases, still_house
from tests.flows.house import Scripted


@pytest.mark.timeout(120)
def test_every_case_ends_in_the_right_state(tmp_path: Path) -> None:
    model = Scripted()
    cases = house_cases()
    model.sentences = {case.words: means for case, means in cases}

    async def play() -> None:
        async with home_under_test(still_house(tmp_path), tmp_path, model) as home:
            for number, (case, _) in enumerate(cases):
                result = await run_case(case, home, f"case-{number}")
                assert result.passed, (case.words, result.detail)
                assert not result.wrong, case.words

    asyncio.run(play())
    assert len(cases) >= 25
