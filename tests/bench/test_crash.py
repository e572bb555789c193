import asyncio

import pytest
from rich.console import Console

from llmagentos.bench.crash import passed, run_crash


@pytest.mark.timeout(120)
def test_nothing_is_lost_or_sent_twice_when_the_node_is_killed() -> None:
    figures = asyncio.run(run_crash(3, seed=7, out=Console(quiet=True)))
    assert not passed(figures)
    assert int(figures["accepted"]) > 0
    assert int(figures["bell_rung"]) <= int(figures["bell_sent"])
