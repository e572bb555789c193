"""A few lives of the bench; `agentos bench kill9` has as many as you like."""

import asyncio

from rich.console import Console

from llmagentos.bench.kill9 import broken, run_kill9


def test_orders_survive_being_killed() -> None:
    figures = asyncio.run(run_kill9(2, 7, seed=3, out=Console(quiet=True)))
    assert not broken(figures), figures
    assert figures["kills"] == 9 and int(figures["turned_on"]) > 2
