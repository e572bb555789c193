"""`agentos bench fusion FILE`: digits that are spoken and written, by one sense and by both, clean, noisy and missing.

Spoken: the Free Spoken Digit Dataset with its official split (takes 0 to 4 are the test); written: scikit-learn's digits, every fifth a test. Noise is put
on the sound itself (white, at a ratio to the signal) and on the picture (normal, in units of its whole range). One sense alone is the same network with that sense only,
fitted to the same noise. Means over seeds.
"""

import io
import tarfile
import wave
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from rich.console import Console
from rich.table import Table

from llmagentos.bench.report import BenchError, Figures, tracking
from llmagentos.perception.fusion.fitting import fitted
from llmagentos.perception.fusion.gated import Labels, Shape, Values, Weights, forward, log_softmax
from llmagentos.perception.speech.features import STEP, log_mel
from llmagentos.perception.speech.sound import resampled

FRAMES, BANDS, HIDDEN, CLASSES, BATCH = 24, 30, 128, 10, 128
"""Of a spoken digit: as many frames whatever it lasts, and bands up to 4 kHz, which is all that is recorded."""
STEPS = 4000
WARPS, TILTS = 4, 12
"""Each sound of the training is heard so often a little faster, slower, higher or lower; each picture is seen so often a little moved and turned."""
HEARD_DB = (np.inf, 20.0, 10.0, 5.0, 0.0, -5.0)
"""Ratios of signal to noise that training hears."""
SEEN_NOISE = (0.0, 0.0, 0.15, 0.3, 0.45)
CONDITIONS: dict[str, tuple[float | None, float | None]] = {
    "clean": (np.inf, 0.0), "noisy_audio": (0.0, 0.0), "noisy_image": (np.inf, 0.35), "both_noisy": (-5.0, 0.35), "no_audio": (None, 0.0), "no_image": (np.inf, None),
}  # fmt: skip
"""Decibels of the sound over its noise, and noise of the picture; None: that sense is missing."""
METHODS = ("audio", "image", "average", "log_sum", "gated")
AMONG = 100


@dataclass(frozen=True, slots=True)
class Digits:
    """Features of sounds at each ratio of noise (ratios, count, features), pictures (count, 64) between 0 and 1, and what they show."""

    heard: Values
    said: Labels
    seen: Values
    written: Labels


def read_digits(file: Path, ratios: tuple[float, ...]) -> tuple[Digits, Digits]:
    """For training and for the test. Raises: BenchError."""
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise BenchError("the written digits come with scikit-learn: pip install 'llmagentos[dev]'") from error
    sounds: dict[bool, list[tuple[Values, int]]] = {False: [], True: []}
    try:
        with tarfile.open(file) as archive:
            for one in sorted((one for one in archive if one.name.endswith(".wav")), key=lambda one: one.name):
                digit, _, take = Path(one.name).stem.split("_")
                sounds[int(take) < 5].append((_samples(archive.extractfile(one).read()), int(digit)))  # type: ignore[union-attr]
    except (OSError, tarfile.TarError, ValueError, wave.Error) as error:
        raise BenchError(f"{file} does not hold spoken digits: {error}") from error
    pictures, written = load_digits(return_X_y=True)
    tested = np.arange(len(written)) % 5 == 0
    random = np.random.default_rng(0)
    found = []
    for test in (False, True):
        energies = [[_energies(_with_noise(one, ratio, random)) for one, _ in sounds[test]] for ratio in ratios]
        ways = [None] if test else [random] * WARPS
        heard = np.stack([[_features(one, way) for one in each] for each in energies for way in ways])
        said = np.array([digit for _, digit in sounds[test]])
        seen, shown = pictures[tested == test] / 16, written[tested == test]
        if not test:
            seen, shown = (
                np.concatenate([seen, *(_tilted(seen, random) for _ in range(TILTS))]),
                np.tile(shown, TILTS + 1),
            )
        found.append(Digits(heard, said, seen, shown))
    return found[0], found[1]


def _tilted(pictures: Values, random: np.random.Generator) -> Values:
    """Each moved by up to a pixel, turned by up to twelve degrees and stretched by a tenth, between the pixels."""
    count, size = len(pictures), 8
    padded = np.pad(pictures.reshape(count, size, size), ((0, 0), (2, 2), (2, 2)))
    turn, scale = random.uniform(-0.2, 0.2, (count, 1, 1)), random.uniform(0.9, 1.1, (count, 1, 1))
    down, right = np.mgrid[:size, :size] - 3.5
    rows = (np.cos(turn) * down - np.sin(turn) * right) * scale + 5.5 + random.uniform(-0.8, 0.8, (count, 1, 1))
    columns = (np.sin(turn) * down + np.cos(turn) * right) * scale + 5.5 + random.uniform(-0.8, 0.8, (count, 1, 1))
    top, left = (np.clip(np.floor(one), 0, size + 2).astype(int) for one in (rows, columns))
    below, beside = np.clip(rows - top, 0, 1), np.clip(columns - left, 0, 1)
    each = np.arange(count)[:, None, None]
    upper = padded[each, top, left] * (1 - beside) + padded[each, top, left + 1] * beside
    lower = padded[each, top + 1, left] * (1 - beside) + padded[each, top + 1, left + 1] * beside
    return np.asarray((upper * (1 - below) + lower * below).reshape(count, -1))


def _samples(data: bytes) -> Values:
    with wave.open(io.BytesIO(data)) as sound:
        return np.asarray(np.frombuffer(sound.readframes(sound.getnframes()), np.int16) / 32768)


def _with_noise(samples: Values, decibels: float, random: np.random.Generator) -> Values:
    if np.isinf(decibels):
        return samples
    power = float((samples**2).mean()) / 10 ** (decibels / 10)
    return np.asarray(samples + random.normal(size=len(samples)) * np.sqrt(power))


def _energies(samples: Values) -> Values:
    """(frames, BANDS)."""
    sound = resampled(samples.astype(np.float32), 8000)
    return np.asarray(
        log_mel(sound, max(FRAMES, len(sound) // STEP))[: 2 * BANDS].reshape(BANDS, 2, -1).mean(1).T, np.float64
    )


def _features(pairs: Values, random: np.random.Generator | None) -> Values:
    """(FRAMES * BANDS,), without its mean and spread; with `random` as somebody else might have said it."""
    first, last = (0.0, 0.0) if random is None else random.uniform(-0.06, 0.06, 2)
    at = np.clip(np.linspace(first, 1 + last, FRAMES), 0, 1) * (len(pairs) - 1)
    low = np.minimum(np.floor(at).astype(int), len(pairs) - 2)
    shown = pairs[low] + (at - low)[:, None] * (pairs[low + 1] - pairs[low])
    if random is not None:
        higher = float(random.uniform(-1, 1))
        shown = (1 - abs(higher)) * shown + abs(higher) * np.roll(shown, int(np.sign(higher)), axis=1)
    return np.asarray(((shown - shown.mean()) / (shown.std() + 1e-6)).reshape(-1))


def _batches(digits: Digits, senses: tuple[str, ...]) -> Callable[[np.random.Generator], tuple[list[Values], Labels]]:
    """Sounds and pictures of the same digit, each with noise as it comes."""
    of = [np.flatnonzero(digits.written == digit) for digit in range(CLASSES)]
    spoken = [np.flatnonzero(digits.said == digit) for digit in range(CLASSES)]

    def batch(random: np.random.Generator) -> tuple[list[Values], Labels]:
        labels = random.integers(0, CLASSES, BATCH)
        inputs = []
        for sense in senses:
            if sense == "audio":
                which = np.array([random.choice(spoken[one]) for one in labels])
                inputs.append(digits.heard[random.integers(0, len(digits.heard), BATCH), which])
            else:
                which = np.array([random.choice(of[one]) for one in labels])
                noise = random.choice(SEEN_NOISE, BATCH)[:, None]
                inputs.append(digits.seen[which] + noise * random.normal(size=(BATCH, 64)))
        return inputs, labels

    return batch


def run_fusion(file: Path, seeds: int, out: Console) -> Figures:
    """Fit, ask under each condition, show. Raises: BenchError."""
    training, _ = read_digits(file, HEARD_DB)
    wanted = tuple(dict.fromkeys(one[0] for one in CONDITIONS.values() if one[0] is not None))
    _, test = read_digits(file, wanted)
    sizes = {"audio": FRAMES * BANDS, "image": 64}
    right: dict[tuple[str, str], list[float]] = {}
    found: dict[str, list[float]] = {"heard_to_seen": [], "seen_to_heard": []}
    with tracking(seeds) as begin:
        for seed in range(seeds):
            begin(f"seed {seed}")
            models: Models = {}
            for senses in (("audio",), ("image",), ("audio", "image")):
                shape = Shape(tuple((one, sizes[one]) for one in senses), HIDDEN, CLASSES)
                models[senses] = shape, fitted(shape, _batches(training, senses), STEPS, seed)
            for condition, (decibels, noise) in CONDITIONS.items():
                for method, share in _asked(models, test, wanted, decibels, noise, seed).items():
                    right.setdefault((condition, method), []).append(share)
            for way, share in _recalled(models["audio", "image"], test, wanted.index(np.inf), seed).items():
                found[way].append(share)
    figures: Figures = {"seeds": seeds}
    table = Table("condition", *METHODS)
    for condition in CONDITIONS:
        table.add_row(
            condition,
            *(f"{np.mean(right[condition, one]):.2%}" if (condition, one) in right else "-" for one in METHODS),
        )
        figures |= {
            f"{condition}/{one}": round(float(np.mean(right[condition, one])), 4)
            for one in METHODS
            if (condition, one) in right
        }
    out.print(table)
    return {**figures, **{way: round(float(np.mean(shares)), 4) for way, shares in found.items()}}


Models: TypeAlias = dict[tuple[str, ...], tuple[Shape, Weights]]


def _asked(
    models: Models, test: Digits, ratios: tuple[float, ...], decibels: float | None, noise: float | None, seed: int
) -> dict[str, float]:
    """The share of right answers by each method: every spoken digit of the test with four written ones."""
    random = np.random.default_rng((seed, 7))
    rows = np.repeat(np.arange(len(test.said)), 4)
    labels = test.said[rows]
    pictures = np.array([random.choice(np.flatnonzero(test.written == one)) for one in labels])
    heard = test.heard[ratios.index(decibels if decibels is not None else np.inf)][rows]
    seen = test.seen[pictures] + (noise or 0.0) * random.normal(size=(len(rows), 64))
    there = np.ones((len(rows), 2)) * [decibels is not None, noise is not None]
    alone = {}
    for sense, values in (("audio", heard), ("image", seen)):
        shape, weights = models[sense,]
        alone[sense] = log_softmax(forward(weights, shape, [values], np.ones((len(rows), 1))).logits)
    shape, weights = models["audio", "image"]
    said = {"gated": forward(weights, shape, [heard, seen], there).logits}
    said |= {sense: alone[sense] for place, sense in enumerate(("audio", "image")) if there[0, place]}
    if there.all():
        said |= {"average": np.exp(alone["audio"]) + np.exp(alone["image"]), "log_sum": alone["audio"] + alone["image"]}
    return {method: float((one.argmax(1) == labels).mean()) for method, one in said.items()}


def _recalled(model: tuple[Shape, Weights], test: Digits, clean: int, seed: int) -> dict[str, float]:
    """From one sense the nearest of a hundred of the other: how often it is of the same class."""
    shape, weights = model
    random = np.random.default_rng((seed, 11))
    size = max(len(test.said), len(test.written))
    heard, said = test.heard[clean], test.said
    state = [
        forward(
            weights,
            shape,
            [heard[np.arange(size) % len(said)], test.seen[np.arange(size) % len(test.written)]],
            np.ones((size, 2)),
        )
    ][0]
    sounds, pictures = state.shared[0][: len(said)], state.shared[1][: len(test.written)]
    shares = {
        "heard_to_seen": (sounds, said, pictures, test.written),
        "seen_to_heard": (pictures, test.written, sounds, said),
    }
    return {way: _first_right(*each, random) for way, each in shares.items()}


def _first_right(asked: Values, of: Labels, among: Values, classes: Labels, random: np.random.Generator) -> float:
    hits = 0
    for one, label in zip(asked, of, strict=True):
        some = random.choice(len(among), AMONG, replace=False)
        hits += classes[some[(among[some] @ one).argmax()]] == label
    return hits / len(asked)
