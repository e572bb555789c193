"""All senses of a node: what devices report, what cameras show, what is heard; what is unusual there, and the chain that judges it."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from llmagentos.agent.chain.judging import Judge
from llmagentos.agent.chain.remedies import Permission, permission
from llmagentos.agent.ports import Deciding, Selecting
from llmagentos.app.annunciation import Annunciation
from llmagentos.app.cameras import Cameras
from llmagentos.app.chain import Chain
from llmagentos.app.conversation import Conversation
from llmagentos.app.hands import Hands
from llmagentos.app.intake import Intake
from llmagentos.app.listening import Deaf, Listener
from llmagentos.app.notices import Notices
from llmagentos.app.orders import Orders
from llmagentos.app.recorder import Recorder
from llmagentos.app.seeing import Blind, Seer
from llmagentos.app.sensing import Sensing
from llmagentos.app.usual import UsualNumbers
from llmagentos.devices.mqtt import Arrived, MqttClient
from llmagentos.kernel.history import SqliteHistory
from llmagentos.kernel.local_time import local_zone
from llmagentos.messages.records import Command, Observation
from llmagentos.messages.site import SiteConfig
from llmagentos.messages.snapshot import EntityView, Snapshot

LEARN_S = 60.0
"""How often it is looked whose numbers are to be learned anew."""


class Senses:
    """One per node."""

    def __init__(
        self, site: SiteConfig, folder: Path, model: Deciding, *, snapshot: Callable[[], Snapshot], select: Selecting, conversation: Conversation,
        notices: Notices, recorder: Recorder, history: SqliteHistory, intake: Intake, orders: Orders, alarms: Annunciation, hands: Hands,
    ) -> None:  # fmt: skip
        self._site, self._snapshot, self._select = site, snapshot, select
        self._permitted: tuple[int, tuple[Permission, ...]] = (-1, ())
        self._numbers = Sensing(folder / "streams.json", recorder.fault)
        self.usual = UsualNumbers(history)
        self.listener: Listener = Deaf("nobody gave this node ears")
        self.seer: Seer = Blind("nobody gave this node eyes")
        self.chain = Chain(
            model if isinstance(model, Judge) else None, snapshot, conversation, notices, recorder, zone=local_zone(), usual=self.usual,
            permissions=self.permissions, principal="owner", covered=lambda: orders.telling() | alarms.telling(),
            ours=lambda observation, entity: hands.explains(observation, entity, recorder.now()), beaten=lambda entity: hands.beats(entity, recorder.now()),
        )  # fmt: skip
        self.cameras = Cameras(
            site.cameras, folder, lambda: self.seer, describe=intake.describe, report=intake.report, available=intake.available,
            usual=self.usual, notice=self.chain.notice,
        )  # fmt: skip

    def permissions(self) -> tuple[Permission, ...]:
        """What the owner lets the agent do by itself, on the site as it is."""
        snapshot = self._snapshot()
        if snapshot.structure != self._permitted[0]:
            found = (permission(one, snapshot, self._select) for one in self._site.on_its_own)
            self._permitted = (snapshot.structure, tuple(one for one in found if one is not None))
        return self._permitted[1]

    def mandated(self, command: Command) -> bool:
        """Whether that is so of a command."""
        return any(command.verb == verb and command.entity in ids for verb, ids in self.permissions())

    def load(self, client: MqttClient) -> None:
        """Take up what was known, and ask for pictures."""
        self._numbers.load()
        self.cameras.announce()
        for topic in self.cameras.topics:
            client.subscribe(topic)

    def loops(self) -> tuple[tuple[str, Callable[[], Awaitable[None]]], ...]:
        """What runs for ever, once the site is known."""
        always = ("cameras", self.cameras.work)
        return (
            (always, ("the chain", self.chain.work), ("what is usual", self._learn)) if self.chain.judges else (always,)
        )

    async def _learn(self) -> None:
        """What is usual, worked out where that is due, for ever."""
        while True:
            await self.chain.known()
            await asyncio.sleep(LEARN_S)

    def takes(self, arrived: Arrived) -> bool:
        """A message of the broker: whether it is for a sense. What the broker kept is of unknown age, and is not looked at."""
        return self.cameras.takes(arrived.topic, b"" if arrived.retained else arrived.payload)

    def observed(self, observation: Observation, entity: EntityView) -> None:
        """A device reported something."""
        if observation.quality == "good":
            self._numbers.observed(observation, entity.description)
            self.chain.observed(observation, entity)

    def gone(self, entity: str) -> None:
        """A device is no more."""
        self._numbers.gone(entity)

    async def tell(self) -> None:
        """Write down what was found unusual."""
        await self._numbers.told()

    async def save(self, now: float, *, at_once: bool) -> None:
        """What is known of signals and scenes."""
        await self._numbers.save(now, at_once=at_once)
        await self.cameras.save(now, at_once=at_once)
        if at_once:
            self.cameras.close()
