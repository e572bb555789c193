"""Utterances out of sound in pieces, with a voice that is loud or not; and which of them count."""

import random

import numpy as np
import pytest

from llmagentos.perception.speech.endpointing import PIECE, Endpointer, EndpointSettings
from llmagentos.perception.speech.microphone import AWAKE_S, Microphone
from llmagentos.perception.speech.sound import RATE, Samples


def loud(piece: Samples) -> float:
    return float(np.abs(piece).mean() > 0.1)


def sound(*parts: tuple[float, float]) -> Samples:
    """(seconds, loudness) one after another."""
    return np.concatenate([np.full(int(seconds * RATE), level, np.float32) for seconds, level in parts])


def cut(samples: Samples, seed: int) -> list[Samples]:
    """In pieces as a sound card may give them."""
    draw, found = random.Random(seed), []
    while len(samples):
        size = draw.choice((1, 100, 511, 512, 513, 3000))
        found.append(samples[:size])
        samples = samples[size:]
    return found


@pytest.mark.parametrize("seed", range(5))
def test_two_sentences_are_two_utterances_however_the_sound_is_cut(seed: int) -> None:
    endpointer = Endpointer(loud)
    whole = sound((1, 0), (1.5, 0.5), (0.3, 0), (0.7, 0.5), (1, 0), (1, 0.5), (1, 0))
    found = [one for piece in cut(whole, seed) for one in endpointer.feed(piece)]
    lengths = [len(one) / RATE for one in found]
    assert lengths == pytest.approx(
        [2.5 + 0.4 + 0.5, 1.0 + 0.4 + 0.5], abs=0.15
    )  # what came just before, and the silence that ended it
    assert not endpointer.speaking


def test_a_click_is_no_utterance() -> None:
    assert list(Endpointer(loud).feed(sound((1, 0), (0.05, 0.5), (1, 0), (0.15, 0.5), (1, 0)))) == []


def test_who_never_stops_is_cut() -> None:
    endpointer = Endpointer(loud, EndpointSettings(longest_s=2.0))
    found = list(endpointer.feed(sound((9, 0.5))))
    assert len(found) == 4
    assert all(len(one) <= 2.1 * RATE for one in found)


def test_a_closed_microphone_gives_what_was_being_said() -> None:
    endpointer = Endpointer(loud)
    assert list(endpointer.feed(sound((0.5, 0), (1, 0.5)))) == []
    said = endpointer.end()
    assert said is not None
    assert len(said) >= RATE
    assert endpointer.end() is None


class Bell:
    """Wakes at the piece that holds a two."""

    def __call__(self, samples: Samples) -> bool:
        return bool((samples == 2.0).any())


def fed(microphone: Microphone, samples: Samples) -> list[Samples]:
    return [one for start in range(0, len(samples), PIECE) for one in microphone.feed(samples[start : start + PIECE])]


def test_only_what_follows_the_wake_word_counts_and_only_once() -> None:
    microphone = Microphone(Endpointer(loud), Bell())
    said = sound((0.5, 0), (1, 0.5), (1, 0))
    assert fed(microphone, said) == []
    assert fed(microphone, sound((0.3, 0.5), (0.04, 2.0))) == []  # the word itself
    assert microphone.awake
    assert len(fed(microphone, said)) == 1
    assert fed(microphone, said) == []


def test_it_falls_asleep_but_not_while_somebody_speaks() -> None:
    microphone = Microphone(Endpointer(loud), Bell())
    fed(microphone, sound((0.04, 2.0)))
    assert len(fed(microphone, sound((AWAKE_S - 1, 0), (3, 0.5), (1, 0)))) == 1
    fed(microphone, sound((0.04, 2.0)))
    assert fed(microphone, sound((AWAKE_S + 0.5, 0), (1, 0.5), (1, 0))) == []


def test_without_a_wake_word_everything_counts() -> None:
    assert len(fed(Microphone(Endpointer(loud)), sound((0.5, 0), (1, 0.5), (1, 0), (1, 0.5), (1, 0)))) == 2
