"""What a person gets back: journaled as an Answer, its words in the side table."""

from dataclasses import dataclass
from typing import Literal

from llmagentos.agent.dialogue import Turn
from llmagentos.app.recorder import Recorder
from llmagentos.messages.records import Answer
from llmagentos.messages.snapshot import Speaker

ReplyKind = Literal["done", "answer", "question", "refusal", "error"]


class Declined(Exception):
    """Nothing comes of what was asked for. The message says why, in the person's language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a person gets back. `consent` is the id of a request that waits for their yes."""

    kind: ReplyKind
    text: str
    sentence: str = ""
    probability: float = 0.0
    duration_ms: float = 0.0
    record: str = ""
    consent: str | None = None
    receipts: tuple[str, ...] = ()


class Replies:
    """Gives answers and writes them down."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    async def give(
        self, cause: str, speaker: Speaker, kind: ReplyKind, text: str, started: float, turn: Turn | None = None, *,
        consent: str | None = None, receipts: tuple[str, ...] = (),
    ) -> Reply:  # fmt: skip
        key = await self._recorder.remember(text)
        answer = Answer(**self._recorder.stamp(), source="agent.dialogue", causes=(cause,), session=speaker.session,
                        words=key, kind=kind)  # fmt: skip
        await self._recorder.write(answer)
        duration = (self._recorder.monotonic() - started) * 1000
        return Reply(kind=kind, text=text, sentence=turn.sentence if turn else "", probability=turn.probability if turn else 0.0,
                     duration_ms=duration, record=answer.id, consent=consent, receipts=receipts)  # fmt: skip
