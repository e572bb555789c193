"""Releases of models as a node uses them: tried on a small house before they are used, left alone where they fail."""

import asyncio
from importlib import resources
from pathlib import Path

from llmagentos.agent.dialogue import Dialogue, Turn
from llmagentos.agent.ports import Deciding
from llmagentos.app.adapters import chosen_model
from llmagentos.app.run import deciding
from llmagentos.app.simulated import snapshot_of
from llmagentos.devices.simulation import yaml12
from llmagentos.fleet.manifest import BadRelease
from llmagentos.fleet.releases import Installed
from llmagentos.inference.ports import ModelUnavailable
from llmagentos.inference.store import ModelStore
from llmagentos.kernel.local_time import local_zone
from llmagentos.knowledge import Retriever, select
from llmagentos.messages.snapshot import Speaker

LEAST_RIGHT = 0.75
"""Of what a model must understand of the small house: those that ship understand ten and eleven of twelve, one that learned nothing three."""
LONGEST_S = 300.0
"""For all of it, the compiling included."""


def complaint(models: ModelStore, release: Installed) -> str | None:
    """What speaks against using a release, after loading it as a node would; None where it is well."""
    try:
        share_understood(models, release.manifest.model, release.folder)
    except BadRelease as error:
        return str(error)
    return None


def share_understood(models: ModelStore, model: str, adapter: Path) -> float:
    """How much of the small house an adapter understands in the engine that runs it. Raises: BadRelease where that is too little."""
    named = f"{model}@{adapter.resolve()}"

    async def tried() -> tuple[int, int]:
        chosen_model(models, named)
        async with deciding(models, named, strict=True) as decider:
            return await understood(decider)

    try:
        right, asked = asyncio.run(asyncio.wait_for(tried(), LONGEST_S))
    except TimeoutError as error:
        raise BadRelease(f"it had not answered everything after {LONGEST_S:.0f} s") from error
    except ModelUnavailable as error:
        raise BadRelease(str(error)) from error
    if right < LEAST_RIGHT * asked:
        raise BadRelease(f"it understood {right} of {asked} plain sentences")
    return right / asked


async def understood(decider: Deciding) -> tuple[int, int]:
    """How many of the sentences to the small house are read as meant, and how many there are. Raises: ModelUnavailable."""
    data = yaml12.load((Path(str(resources.files("llmagentos.app"))) / "canary.yaml").read_text(encoding="utf-8"))
    snapshot, speaker = snapshot_of(data["site"]), Speaker("owner")
    dialogue = Dialogue(decider, Retriever(), select, local_zone())
    right = 0
    for case in data["cases"]:
        turn = await dialogue.turn(case["say"], snapshot, speaker)
        meant = dialogue.understand(case["means"], snapshot, speaker, turn.language)
        read = dialogue.understand(turn.offered[0], snapshot, speaker, turn.language) if turn.offered else turn
        right += _does(read) == _does(meant)
    return right, len(data["cases"])


def _does(turn: Turn) -> tuple[object, ...]:
    return turn.kind, turn.commands, turn.text
