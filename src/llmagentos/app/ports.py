"""Adapters between rooms: each gives one room what another one's protocol asks for."""

from collections.abc import Callable

from llmagentos.agent.ports import Decided, Prompt, Scored
from llmagentos.devices.codecs import Publish
from llmagentos.devices.mqtt import MqttClient
from llmagentos.inference.client import ModelWorker
from llmagentos.inference.decision import Bounds
from llmagentos.kernel.journal import SqliteJournal
from llmagentos.language.automaton import Automaton
from llmagentos.messages.records import Command, Observation, Record


class WorkerModel:
    """The model's worker as the agent's decider."""

    def __init__(self, worker: ModelWorker, bounds: Bounds) -> None:
        self._worker, self._bounds = worker, bounds

    async def decide(self, static: Prompt, dynamic: Prompt, automaton: Automaton) -> Decided:
        outcome = await self._worker.decide(static, dynamic, automaton, self._bounds)
        choices = tuple(Scored(one.text, one.probability) for one in outcome.choices)
        return Decided(self._worker.name, choices, outcome.passes, outcome.duration_ms, outcome.prompt_tokens)


class CausalJournal:
    """The journal that stores an observation the moment a record rests on it."""

    def __init__(self, journal: SqliteJournal, remembered: Callable[[str], Observation | None]) -> None:
        self._journal, self._remembered = journal, remembered

    async def append(self, *records: Record) -> None:
        causes = (cause for record in records for cause in record.causes)
        rested_on = [one for cause in causes if (one := self._remembered(cause)) is not None]
        await self._journal.append(*rested_on, *records)

    async def remember(self, text: str) -> str:
        return await self._journal.remember(text)


class DevicePublisher:
    """Commands to the broker."""

    def __init__(self, encode: Callable[[Command], list[Publish]], client: MqttClient) -> None:
        self._encode, self._client = encode, client

    def messages(self, command: Command) -> tuple[tuple[str, str, bool], ...]:
        return tuple((one.topic, one.payload, one.retain) for one in self._encode(command))

    def publish(self, messages: tuple[tuple[str, str, bool], ...]) -> None:
        for topic, payload, retain in messages:
            self._client.publish(Publish(topic, payload, retain))
