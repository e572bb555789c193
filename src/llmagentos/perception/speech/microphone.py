"""One microphone that is always open: what is said after its wake word, and nothing else, leaves this file."""

from collections.abc import Callable, Iterable

from llmagentos.perception.extras import missing
from llmagentos.perception.speech.endpointing import Endpointer
from llmagentos.perception.speech.sound import RATE, Samples, to_pcm

Wakes = Callable[[Samples], bool]
"""Whether the wake word ended with this sound."""
AWAKE_S = 6.0
"""So long after its wake word somebody may begin to speak."""


class Microphone:
    """Without a wake word everything that is said counts."""

    def __init__(self, endpointer: Endpointer, wakes: Wakes | None = None) -> None:
        self._endpointer, self._wakes = endpointer, wakes
        self._awake = 0
        """Samples that are left of being awake."""

    @property
    def awake(self) -> bool:
        """Whether what is said now counts."""
        return self._wakes is None or self._awake > 0

    def feed(self, samples: Samples) -> Iterable[Samples]:
        """Utterances that end with this sound and were meant for us."""
        if self._wakes is not None and self._wakes(samples):
            self._awake = int(AWAKE_S * RATE)
            self._endpointer.end()  # the wake word itself is no part of what follows
            return
        for utterance in self._endpointer.feed(samples):
            if self.awake:
                self._awake = 0
                yield utterance
        if not self._endpointer.speaking:  # who has begun may finish
            self._awake = max(0, self._awake - len(samples))


def wake_word(name: str) -> Wakes:
    """A detector of one of the words that microWakeWord knows, which remembers what it heard: one per microphone. Raises: MissingSense."""
    try:
        from pymicro_wakeword import MicroWakeWord, MicroWakeWordFeatures, Model
    except ImportError as error:
        raise missing("pymicro-wakeword", "speech") from error
    detector, features = MicroWakeWord.from_builtin(Model(name)), MicroWakeWordFeatures()

    def wakes(samples: Samples) -> bool:
        found = [detector.process_streaming(one) for one in features.process_streaming(to_pcm(samples))]
        return any(found)  # each was heard, also those after it

    return wakes
