"""Adapters between rooms: each gives one room what another one's protocol asks for."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from llmagentos.agent.confidence import UNTRAINED, Calibration
from llmagentos.agent.ports import Decided, Deciding, Prompt, Scored
from llmagentos.devices.codecs import Publish
from llmagentos.devices.mqtt import MqttClient
from llmagentos.inference.client import ModelWorker
from llmagentos.inference.decision import Bounds
from llmagentos.inference.gbnf import gbnf
from llmagentos.inference.openai import OpenAiServer
from llmagentos.inference.ports import ModelUnavailable
from llmagentos.kernel.journal import SqliteJournal
from llmagentos.language.automaton import Automaton
from llmagentos.messages.records import Command, Observation, Record

TALK_TOKENS, TALK_S = 48, 20.0
"""Small talk stays short: a spoken sentence or two."""
SENTENCE_TOKENS = 120
BIGGER_S = 20.0
"""A person who waits longer is better asked."""
_log = logging.getLogger(__name__)


class WorkerModel:
    """The model's worker as the agent's decider."""

    def __init__(
        self, worker: ModelWorker, bounds: Bounds, *, trained: bool, calibration: Calibration = UNTRAINED
    ) -> None:
        self._worker, self._bounds = worker, bounds
        self.trained, self.calibration = trained, calibration

    async def decide(
        self, static: Prompt, dynamic: Prompt, automaton: Automaton, likely: Sequence[str] = ()
    ) -> Decided:
        outcome = await self._worker.decide(static, dynamic, automaton, self._bounds, likely)
        choices = tuple(Scored(one.text, one.probability) for one in outcome.choices)
        return Decided(self._worker.name, choices, outcome.passes, outcome.duration_ms, outcome.prompt_tokens)

    async def talk(self, prompt: Prompt) -> str:
        opened = (*prompt, ("assistant", ("",)))
        return "".join(
            [piece async for piece in self._worker.generate(opened, max_tokens=TALK_TOKENS, deadline_s=TALK_S)]
        )


class ServerModel:
    """An OpenAI-compatible server as the agent's decider: one sentence, under the grammar where the server binds it.

    What it writes is taken only if it is legal here; its confidence is not calibrated, so it counts as sure.
    """

    trained, calibration = False, UNTRAINED

    def __init__(self, server: OpenAiServer) -> None:
        self._server = server

    async def decide(
        self, static: Prompt, dynamic: Prompt, automaton: Automaton, likely: Sequence[str] = ()
    ) -> Decided:
        started = time.monotonic()
        *messages, _open = (*static, *dynamic)
        text = (
            (await self._generate(tuple(messages), SENTENCE_TOKENS, gbnf(automaton)))
            .strip()
            .removeprefix("Command:")
            .strip()
        )
        sentence = text.splitlines()[0].strip() if text else ""
        choices = (Scored(sentence, 1.0),) if automaton.accepts(f" {sentence}") else ()
        return Decided(self._server.name, choices, 1, (time.monotonic() - started) * 1000, 0)

    async def talk(self, prompt: Prompt) -> str:
        return await self._generate(prompt, TALK_TOKENS, None)

    async def _generate(self, messages: Prompt, longest: int, grammar: str | None) -> str:
        def run() -> str:
            return "".join(self._server.generate(messages, max_tokens=longest, grammar=grammar))

        return await asyncio.to_thread(run)


class BiggerModel:
    """A model that is asked where the first is unsure: slow or absent, it gives no choice rather than an error."""

    def __init__(self, decider: Deciding) -> None:
        self._decider = decider
        self.trained, self.calibration = decider.trained, decider.calibration

    async def decide(
        self, static: Prompt, dynamic: Prompt, automaton: Automaton, likely: Sequence[str] = ()
    ) -> Decided:
        try:
            return await asyncio.wait_for(self._decider.decide(static, dynamic, automaton, likely), BIGGER_S)
        except (ModelUnavailable, TimeoutError) as error:
            _log.warning("the bigger model did not answer: %s", error or f"nothing in {BIGGER_S:.0f} s")
            return Decided("bigger", (), 0, 0.0, 0)

    async def talk(self, prompt: Prompt) -> str:
        return await self._decider.talk(prompt)


class CausalJournal:
    """The journal that stores an observation the moment a record rests on it."""

    def __init__(self, journal: SqliteJournal, remembered: Callable[[str], Observation | None]) -> None:
        self._journal, self._remembered = journal, remembered

    async def append(self, *records: Record, state: Mapping[str, Any] | None = None) -> None:
        causes = (cause for record in records for cause in record.causes)
        rested_on = [one for cause in causes if (one := self._remembered(cause)) is not None]
        await self._journal.append(*rested_on, *records, state=state)

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


class NoModel:
    """Stands where no model is installed: dialogue says so, everything else works."""

    trained, calibration = False, UNTRAINED

    def __init__(self, why: str) -> None:
        self._why = why

    async def decide(
        self, static: Prompt, dynamic: Prompt, automaton: Automaton, likely: Sequence[str] = ()
    ) -> Decided:
        raise ModelUnavailable(self._why)

    async def talk(self, prompt: Prompt) -> str:
        raise ModelUnavailable(self._why)
