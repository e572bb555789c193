"""What Whisper reads of a sound: 80 log energies on Slaney's mel scale, 100 times a second.

Source: Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision", 2022, section 2.2; the scale and its normalisation are
those of Slaney, "Auditory Toolbox", 1998.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from llmagentos.perception.speech.sound import RATE, Samples

Frames = NDArray[np.float32]
WINDOW, STEP, BANDS = 400, 160, 80
DEPTH = 8.0
"""So many powers of ten below the loudest counts as silence."""
_LINEAR_HZ, _PER_MEL, _LOG_STEP = 1000.0, 200.0 / 3, np.log(6.4) / 27


def log_mel(samples: Samples, frames: int) -> Frames:
    """(BANDS, frames), of silence where the sound is shorter and cut where it is longer."""
    padded = np.zeros(frames * STEP, np.float32)
    padded[: len(samples)] = samples[: len(padded)]
    around = np.pad(padded, WINDOW // 2, mode="reflect")
    window = np.hanning(WINDOW + 1)[:-1].astype(np.float32)
    pieces = np.lib.stride_tricks.sliding_window_view(around, WINDOW)[::STEP][:frames]
    power = np.abs(np.fft.rfft(pieces * window)) ** 2
    energies = np.log10(np.maximum(power @ _bands().T, 1e-10)).T
    return np.asarray((np.maximum(energies, energies.max() - DEPTH) + 4) / 4, np.float32)


@cache
def _bands() -> NDArray[np.float64]:
    """(BANDS, bins) triangles of equal area."""
    bins = np.fft.rfftfreq(WINDOW, 1 / RATE)
    edges = _hertz(np.linspace(0, _mel(RATE / 2), BANDS + 2))
    rising = (bins - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - bins) / np.diff(edges)[1:, None]
    return np.maximum(0, np.minimum(rising, falling)) * (2 / (edges[2:] - edges[:-2]))[:, None]


def _mel(hertz: float) -> float:
    if hertz < _LINEAR_HZ:
        return hertz / _PER_MEL
    return float(_LINEAR_HZ / _PER_MEL + np.log(hertz / _LINEAR_HZ) / _LOG_STEP)


def _hertz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    first = _LINEAR_HZ / _PER_MEL
    return np.where(mel < first, mel * _PER_MEL, _LINEAR_HZ * np.exp(_LOG_STEP * (mel - first)))
