"""The model under measurement: it must be here, or nothing is measured."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

from llmagentos.agent.ports import Deciding
from llmagentos.app.adapters import ChosenModel, chosen_model
from llmagentos.app.run import deciding
from llmagentos.bench.report import BenchError, Figures
from llmagentos.inference.ports import ModelUnavailable
from llmagentos.inference.store import ModelStore, default_folder

Run: TypeAlias = Callable[[Deciding], Awaitable[Figures]]
"""A bench of decisions."""


def store() -> ModelStore:
    """The models of this user."""
    return ModelStore(default_folder())


def chosen(model: str) -> ChosenModel:
    """Raises: BenchError."""
    try:
        return chosen_model(store(), model)
    except ModelUnavailable as error:
        raise BenchError(str(error)) from error


@asynccontextmanager
async def measured(model: str) -> AsyncIterator[Deciding]:
    """The model in its process. Raises: BenchError."""
    chosen(model)
    async with deciding(store(), model) as decider:
        yield decider
