"""`agentos bench speech`: the demo house is spoken to, by voices that a program makes, clean and in noise, and listens to half an hour that is not meant for it.

Each sentence goes the whole way: sound in pieces, voice detection, the end of the utterance, the recogniser, the decision, the command on the broker. What counts
is the accuracy relative to the same sentences typed. The sentences are those of `bench house`; the recogniser was trained on none of our voices.
"""

import gzip
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import numpy as np
from rich.console import Console
from rich.table import Table

from llmagentos.agent.ports import Deciding
from llmagentos.app.listening import Listener, ears
from llmagentos.app.replies import Reply
from llmagentos.bench.assist import Case, run_case
from llmagentos.bench.home import HomeUnderTest, home_under_test
from llmagentos.bench.house import house_cases, still_house
from llmagentos.bench.report import BenchError, Figures, tracking
from llmagentos.bench.subject import store
from llmagentos.messages.snapshot import Speaker
from llmagentos.perception.extras import MissingSense
from llmagentos.perception.speech.endpointing import PIECE, Endpointer, EndpointSettings, silero
from llmagentos.perception.speech.microphone import Microphone, wake_word
from llmagentos.perception.speech.sound import RATE, Samples
from llmagentos.perception.speech.speaking import spoken

VOICES = {"en": ("slt", "rms"), "zh": ("cmn",)}
NOISES: dict[str, float | None] = {"clean": None, "20db": 20.0, "10db": 10.0}
SENTENCES = {"en": 100, "zh": 40}
SILENCE_S = 1.0
"""Before and after what is said."""
UNRELATED_S, QUIET_S = 1800.0, 8.0
"""So much speech that is meant for nobody, with a pause of so much noise after every few sentences."""


@dataclass(slots=True)
class Spoken:
    """Says a case aloud. `seconds`: from the end of speech to the command, of each that led to one."""

    home: HomeUnderTest
    listener: Listener
    language: str
    voice: str
    noise: float | None
    seconds: list[float] = field(default_factory=list)
    heard: list[tuple[str, str]] = field(default_factory=list)

    async def say(self, words: str, speaker: Speaker) -> Reply:
        """Through the microphone; where nothing is heard, an empty sentence."""
        settings = EndpointSettings()
        sound = in_noise(spoken(words, self.language, self.voice), self.noise, len(self.heard))
        utterance = np.concatenate(list(Endpointer(silero(), settings).feed(sound)) or [np.zeros(RATE, np.float32)])
        begun, at = time.monotonic(), time.time()
        readings = await self.listener.hear(utterance, self.home.node.snapshot())
        self.heard.append((words, readings[0] if readings else ""))
        reply = await self.home.node.say(readings[0] if readings else "", speaker, readings[1:])
        for sent in self.home.node.journal.latest("Sent", limit=1):
            if sent.at >= at:
                self.seconds.append(min(sent.at - at, time.monotonic() - begun) + settings.ends_s)
        return reply


def in_noise(speech: Samples, ratio: float | None, seed: int) -> Samples:
    """With quiet before and after, and pink noise so many decibels below the speech (alone: what a quiet room has)."""
    quiet = np.zeros(int(SILENCE_S * RATE), np.float32)
    sound = np.concatenate((quiet, speech, quiet))
    power = float((speech**2).mean()) / 10 ** ((60.0 if ratio is None else ratio) / 10)
    return np.asarray(sound + pink(len(sound), seed) * np.sqrt(power), np.float32)


def pink(size: int, seed: int) -> Samples:
    """Noise of unit power, an equal share in every octave."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).normal(size=size))
    spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 1))
    noise = np.fft.irfft(spectrum, size)
    return np.asarray(noise / np.sqrt((noise**2).mean()), np.float32)


def chosen_cases(language: str, limit: int | None) -> list[Case]:
    """Sentences with a clear outcome, evenly out of all."""
    own = [case for case, _ in house_cases() if case.group.startswith(language)]
    count = min(len(own), limit or SENTENCES[language])
    return [own[round(number * len(own) / count)] for number in range(count)]


async def run_speech(
    decider: Deciding, out: Console, language: str, unrelated: Path | None, limit: int | None
) -> Figures:
    """Typed, then said by each voice in each noise; then what is not meant for the house. Raises: BenchError."""
    cases, listener = chosen_cases(language, limit), ears(store(), language)
    figures: Figures = {"sentences": len(cases)}
    try:
        spoken("ready", language, VOICES[language][0])
        with tempfile.TemporaryDirectory() as folder:
            async with home_under_test(still_house(Path(folder)), Path(folder), decider) as home:
                figures |= await _commands(cases, home, listener, language, out)
                if unrelated is not None:
                    figures |= await _unrelated(unrelated, home, listener, limit)
    except MissingSense as error:
        raise BenchError(str(error)) from error
    return figures


async def _commands(
    cases: Sequence[Case], home: HomeUnderTest, listener: Listener, language: str, out: Console
) -> Figures:
    typed, seconds = 0, list[float]()
    right = dict.fromkeys(NOISES, 0)
    wrong = dict.fromkeys(NOISES, 0)
    table = Table("noise", "voice", "said", "heard")
    with tracking(len(cases) * (1 + len(NOISES) * len(VOICES[language]))) as begin:
        for number, case in enumerate(cases):
            begin(case.words)
            typed += (await run_case(case, home, f"typed-{number}")).passed
        for noise, ratio in NOISES.items():
            for voice in VOICES[language]:
                speaking = Spoken(home, listener, language, voice, ratio)
                for number, case in enumerate(cases):
                    begin(case.words)
                    result = await run_case(case, home, f"{noise}-{voice}-{number}", speaking.say)
                    right[noise] += result.passed
                    wrong[noise] += result.wrong
                    if not result.passed:
                        table.add_row(noise, voice, *speaking.heard[-1])
                seconds += speaking.seconds if ratio is None else []
    out.print(table)
    voices = len(VOICES[language])
    figures: Figures = {"typed": round(typed / len(cases), 4)}
    figures |= {f"relative_{noise}": round(right[noise] / voices / max(1, typed), 4) for noise in NOISES}
    figures |= {f"wrong_{noise}": wrong[noise] for noise in NOISES}
    return {**figures, "p50_s": round(median(seconds), 3), "p90_s": round(sorted(seconds)[int(0.9 * len(seconds))], 3)}


async def _unrelated(text: Path, home: HomeUnderTest, listener: Listener, limit: int | None) -> Figures:
    """Half an hour of other speech and noise: with a wake word, and as if the microphone were open and the speaker the owner."""
    gated, opened = Microphone(Endpointer(silero()), wake_word("okay_nabu")), Microphone(Endpointer(silero()))
    length = UNRELATED_S if limit is None else 60.0
    woken, heard, passed = 0, 0, 0.0
    before = _sent(home)
    with tracking(int(length)) as begin:
        for sound in _elsewhere(text):
            begin(f"{passed:.0f} s")
            for start in range(0, len(sound), PIECE):
                piece = sound[start : start + PIECE]
                woken += len(list(gated.feed(piece)))
                for utterance in opened.feed(piece):
                    readings = await listener.hear(utterance, home.node.snapshot())
                    heard += bool(readings)
                    if readings:
                        await home.node.say(readings[0], Speaker("owner", None, f"unrelated-{heard}"), readings[1:])
            passed += len(sound) / RATE
            if passed >= length:
                break
    return {
        "unrelated_s": round(passed),
        "false_wakes": woken,
        "unrelated_heard": heard,
        "false_acts": _sent(home) - before,
    }


def _sent(home: HomeUnderTest) -> int:
    return len(home.node.journal.latest("Sent", limit=100_000))


def _elsewhere(text: Path) -> Iterator[Samples]:
    """Sentences of a text, read by voices in turn, with noise between and beneath. Raises: BenchError."""
    for number, sentence in enumerate(_sentences(text)):
        yield in_noise(spoken(sentence, "en", VOICES["en"][number % 2]), (None, 20.0, 10.0)[number % 3], number)
        if number % 8 == 7:
            yield np.asarray(0.1 * pink(int(QUIET_S * RATE), number), np.float32)


def _sentences(text: Path) -> Iterable[str]:
    try:
        lines = gzip.decompress(text.read_bytes()).decode().splitlines()
    except (OSError, ValueError) as error:
        raise BenchError(f"{text} is no gzipped text: {error}") from error
    return [one for one in lines if len(one.split()) > 5]
