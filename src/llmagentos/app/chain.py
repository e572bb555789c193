"""The edge chain at work: what the senses notice is judged one by one, under a budget, and answered under the owner's rules.

Reading the chain, from a sense on: Percept -> Judgement -> Answer, a Proposal of the agent "chain", or nothing. The words of strangers within a percept are
evidence for the judge alone; rights come from the site file.
"""

import asyncio
import dataclasses
import datetime as dt
import logging
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from llmagentos.agent.chain.deviation import deviation
from llmagentos.agent.chain.facts import of_happening, of_remedy
from llmagentos.agent.chain.judging import Judge, Scores, Verdict, prompt, verdict
from llmagentos.agent.chain.remedies import Permission, Remedy, remedies
from llmagentos.agent.chain.words import Happening, circumstances, of_reading
from llmagentos.app.conversation import Conversation
from llmagentos.app.notices import Notices
from llmagentos.app.recorder import Recorder
from llmagentos.app.replies import Reply
from llmagentos.app.usual import UsualNumbers
from llmagentos.inference.ports import ModelUnavailable
from llmagentos.language.vocabulary import PRIMARY
from llmagentos.messages.records import Candidate, Judgement, Observation, Percept
from llmagentos.messages.snapshot import EntityView, Snapshot, Speaker
from llmagentos.messages.values import Json

WAITING = 32
"""Percepts that wait for the judge; of more the oldest are let go, and that is told."""
SETTLED_S = 120.0
"""A number is judged again no sooner, unless it has gone on by a step that people would notice."""
WINDOW_S, OF_SIGNAL, OF_ALL, ACTS = 600.0, 6, 60, 6
"""Within so long: judgements of one signal, of all, and acts without asking. What flutters is not judged for ever."""
AGAIN_S = 600.0
"""People are told again of the same no sooner."""
STALE_S = 60.0
"""What waited longer is judged and told, and nothing is done about it: things may be otherwise by now."""
NOTABLE = 0.6
"""Steps from usual below which a number need not be judged."""
KNOWN = 2000
DETECTORS = ("smoke", "gas", "moisture", "carbon monoxide", "heat")
AGENT: Literal["chain"] = "chain"
_JUDGED = ("sensor", "binary sensor", "cover", "lock", "valve", "switch", "outlet", "light", "fan", "person", "weather", "button", "siren")  # fmt: skip
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Noticed:
    """A happening on its way to the judge; what it rests on."""

    happening: Happening
    sure: float = 1.0
    causes: tuple[str, ...] = ()
    data: str = ""
    counts: tuple[tuple[str, int], ...] = ()
    at: float | None = None
    """When it came about; None is now."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one: the id of the judgement, and what was done and asked in words of the site language."""

    record: str
    verdict: Verdict
    done: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()


class Chain:
    """One per node. `permissions`: what the owner lets the agent do by itself; `covered`: signals of which an order or alarm tells already;

    `ours`: whether an observation is what we told the device; `beaten`: whether somebody's hand is on a device.
    """

    def __init__(
        self, judge: Judge | None, snapshot: Callable[[], Snapshot], conversation: Conversation, notices: Notices, recorder: Recorder, *,
        zone: dt.tzinfo, usual: UsualNumbers, permissions: Callable[[], tuple[Permission, ...]], principal: str,
        covered: Callable[[], Collection[tuple[str, str]]], ours: Callable[[Observation, EntityView], bool], beaten: Callable[[str], bool],
    ) -> None:  # fmt: skip
        self._judge, self._snapshot, self._conversation, self._notices = judge, snapshot, conversation, notices
        self._recorder, self._zone, self._usual, self.permissions, self._principal = (
            recorder,
            zone,
            usual,
            permissions,
            principal,
        )
        self._covered, self._ours, self._beaten = covered, ours, beaten
        self._waiting: deque[Noticed] = deque()
        self._arrived = asyncio.Event()
        self._judged: dict[tuple[str, str], tuple[float, float]] = {}
        self._limits = {"signal": Limit(OF_SIGNAL, WINDOW_S), "all": Limit(OF_ALL, WINDOW_S), "acts": Limit(ACTS, WINDOW_S), "told": Limit(1, AGAIN_S)}  # fmt: skip
        self._lost = 0

    @property
    def judges(self) -> bool:
        """Whether there is a judge; without one nothing is queued."""
        return self._judge is not None

    def notice(self, noticed: Noticed) -> None:
        """To be judged soon."""
        if self._judge is None:
            return
        if len(self._waiting) >= WAITING:
            self._waiting.popleft()
            self._lost += 1
        self._waiting.append(noticed)
        self._arrived.set()

    def observed(self, observation: Observation, entity: EntityView) -> None:
        """A device reported something: judged if nothing else answers for it and it is news."""
        value, name = observation.value, observation.property
        if self._judge is None or observation.quality != "good" or observation.previous is None or value == observation.previous:  # fmt: skip
            return
        prop = entity.property(name)
        if prop is None or entity.entity_class not in _JUDGED or entity.description.diagnostic or not _telling(entity, name):  # fmt: skip
            return
        if self._ours(observation, entity) or not self._news(entity, name, value) or (entity.id, name) in self._covered():  # fmt: skip
            return
        now = self._recorder.now()
        if not self._limits["signal"].allows(f"{entity.id} {name}", now) or not self._limits["all"].allows("", now):
            return
        happening = of_reading(entity, prop, value, observation.previous, self._usual(entity.id, name))
        self.notice(Noticed(happening, causes=(observation.id,), at=now))

    def _news(self, entity: EntityView, name: str, value: Json) -> bool:
        """Of numbers: far enough from usual, and from what was judged last."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return True
        usual, prop = self._usual(entity.id, name), entity.property(name)
        assert prop is not None
        if usual is None:
            return False
        steps, now = deviation(entity, prop, float(value), usual), self._recorder.now()
        last, at = self._judged.get((entity.id, name), (0.0, float("-inf")))
        if abs(steps) < NOTABLE and abs(last) < NOTABLE:
            return False
        if now - at < SETTLED_S and abs(steps - last) < 1.0:
            return False
        self._judged[entity.id, name] = (steps, now)
        return True

    def forget(self) -> None:
        """What was judged and told so far, and how often."""
        self._judged.clear()
        for one in self._limits.values():
            one.clear()

    async def work(self) -> None:
        """Judge what waits, one after another, for ever."""
        while True:
            while not self._waiting:
                self._arrived.clear()
                await self._arrived.wait()
            noticed = self._waiting.popleft()
            try:
                await self.judge(noticed)
            except ModelUnavailable as error:
                await self._not_judged(noticed, str(error))
            if self._lost and not self._waiting:
                lost, self._lost = self._lost, 0
                await self._recorder.fault("chain", "not judged", f"{lost} percepts, too many came at once")

    async def _not_judged(self, noticed: Noticed, why: str) -> None:
        """Nobody can judge; what a detector of something dangerous says is told as it is."""
        _log.warning("a percept was not judged: %s", why)
        entity = self._snapshot().entities.get(noticed.happening.entity or "")
        if entity is not None and entity.description.kind in DETECTORS and noticed.happening.news == "on":
            await self._recorder.fault(entity.id, "not judged", f"{noticed.happening.told} ({why})")
            self._notices.tell(noticed.happening.told)

    async def known(self) -> None:
        """Work out what is usual of what may have to be judged."""
        signals = [(one.id, "value") for one in self._snapshot().entities.values() if one.entity_class == "sensor"]
        await self._usual.look(signals, self._recorder.now())

    async def judge(self, noticed: Noticed, *, shown_only: bool = False) -> Outcome | None:
        """One percept, the whole way; None where nobody can judge. What is `shown_only` may be of anywhere: no phone rings, nothing is done unasked.

        Raises: ModelUnavailable, JournalFailed.
        """
        if self._judge is None:
            return None
        percept = await self._write(noticed)
        snapshot, started = self._snapshot(), self._recorder.monotonic()
        late = noticed.at is not None and self._recorder.now() - noticed.at > STALE_S
        permissions = () if shown_only or late else self.permissions()
        offered = remedies(snapshot, self._conversation.index(), noticed.happening, permissions)
        told = f"{circumstances(snapshot, noticed.happening, self._zone, self._usual)}\n{noticed.happening.told}"
        scores = await self._judge.judge(
            prompt(told), of_happening(noticed.happening, snapshot, self._zone), [one.sentence for one in offered],
            [of_remedy(one, noticed.happening, snapshot) for one in offered],
        )  # fmt: skip
        found = verdict(scores, offered, permissions, [one.entity for one in offered if self._beaten(one.entity)])
        judgement = await self._written(percept, told, scores, offered, found, started)
        return await self._answer(judgement, noticed.happening, found, shown_only=shown_only)

    async def _write(self, noticed: Noticed) -> Percept:
        happening = noticed.happening
        key = await self._recorder.remember(happening.told)
        percept = Percept(
            **self._recorder.stamp(), source=f"sense.{happening.sense}", causes=noticed.causes, sense=happening.sense, words=key, sure=noticed.sure,
            area=happening.area, entity=happening.entity, data=noticed.data, counts=noticed.counts,
        )  # fmt: skip
        return await self._recorder.write(percept)

    async def _written(
        self, percept: Percept, told: str, scores: Scores, offered: Sequence[Remedy], found: Verdict, started: float
    ) -> Judgement:
        acts = tuple(Candidate(sentence=one.sentence, probability=round(score, 4)) for one, score in zip(offered, scores.wise, strict=True))  # fmt: skip
        judgement = Judgement(
            **self._recorder.stamp(), source="agent.chain", causes=(percept.id,), urgency=found.urgency, scores=tuple(round(one, 4) for one in scores.urgency),
            words=await self._recorder.remember(told), model="judge", acts=acts, duration_ms=(self._recorder.monotonic() - started) * 1000,
        )  # fmt: skip
        return await self._recorder.write(judgement)

    async def _answer(self, judgement: Judgement, happening: Happening, found: Verdict, *, shown_only: bool) -> Outcome:
        """Tell people first, then act, then ask; what came of it is told as well."""
        if found.urgency == "nothing":
            return Outcome(judgement.id, found)
        speaker = Speaker(self._principal, happening.area, AGENT, AGENT)
        again = f"{happening.entity or happening.sense} {happening.area} {happening.news} {found.urgency}"
        loud = not shown_only and (found.urgency == "alarm" or bool(found.act))
        if self._limits["told"].allows(again, self._recorder.now()):
            text = f"{'ALARM: ' if found.urgency == 'alarm' else ''}{happening.told}"
            await self._conversation.tell(text, judgement.id, speaker)
            if loud:
                self._notices.tell(text)
        done, asked = list[str](), list[str]()
        for one in (*found.act, *found.ask):
            reply = await self._carry_out(one, judgement.id, speaker, alone=one in found.act)
            if reply is None:
                continue
            (asked if reply.kind == "question" else done if reply.kind == "done" else []).append(one.sentence)
            if loud:
                self._notices.tell(reply.text)
        return Outcome(judgement.id, found, tuple(done), tuple(asked))

    async def _carry_out(self, remedy: Remedy, cause: str, speaker: Speaker, *, alone: bool) -> Reply | None:
        """By itself, as far as the rules and the limit allow; else it is proposed, and nothing happens before a person says yes."""
        turn = self._conversation.understand(remedy.sentence, speaker, self._conversation.language)
        if not turn.commands:
            return None
        if not alone or not self._limits["acts"].allows("", self._recorder.now()):
            speaker = dataclasses.replace(speaker, agent="chain.ask")
        return await self._conversation.carry_out(turn, cause, speaker, self._recorder.monotonic())


class Limit:
    """So many within a time, of each by itself."""

    def __init__(self, most: int, within_s: float) -> None:
        self._most, self._within_s = most, within_s
        self._recent: dict[str, deque[float]] = {}

    def clear(self) -> None:
        """Nothing has come yet."""
        self._recent.clear()

    def allows(self, what: str, now: float) -> bool:
        """Whether one more is within it; then it counts."""
        recent = self._recent.setdefault(what, deque(maxlen=self._most))
        if len(recent) == self._most and 0 <= now - recent[0] < self._within_s:
            return False
        recent.append(now)
        if len(self._recent) > KNOWN:
            self._recent = {key: one for key, one in self._recent.items() if 0 <= now - one[-1] < self._within_s}
        return True


def _telling(entity: EntityView, name: str) -> bool:
    """Whether a property tells of the world rather than of a setting. What a camera counts comes with its picture."""
    if entity.description.device.startswith("camera.") or entity.description.kind == "illuminance":
        return False
    return name in (PRIMARY.get(entity.entity_class), "press", "temperature") and entity.entity_class != "climate"
