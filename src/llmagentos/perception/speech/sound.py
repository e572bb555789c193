"""Sound as the recogniser takes it: mono, 16,000 samples a second, floats between -1 and 1."""

import io
import wave

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
RATE = 16_000
LONGEST_S = 24.0
"""More of an utterance is not heard: what a message to the node holds."""


class NoSound(ValueError):
    """What was given is no sound that can be read. The message says what is."""


def read_wave(data: bytes) -> Samples:
    """A WAV file of 16-bit samples at any rate; several channels are mixed. Raises: NoSound."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            width, channels, rate = file.getsampwidth(), file.getnchannels(), file.getframerate()
            raw = file.readframes(file.getnframes())
    except (wave.Error, EOFError, RuntimeError) as error:
        raise NoSound(
            f"this is no WAV file ({str(error) or 'it ends too early'}); record one with 16-bit samples"
        ) from error
    if width != 2 or not 4_000 <= rate <= 192_000:
        raise NoSound(
            f"a WAV file must hold 16-bit samples at 4 to 192 kHz; this one has {8 * width} bits at {rate} Hz"
        )
    samples = from_pcm(raw[: len(raw) // (2 * channels) * 2 * channels])
    return resampled(np.asarray(samples.reshape(-1, channels).mean(1), np.float32), rate)


def from_pcm(data: bytes) -> Samples:
    """16-bit little-endian samples; half a sample at the end is dropped."""
    return np.asarray(np.frombuffer(data[: len(data) // 2 * 2], "<i2") / np.float32(32768), np.float32)


def to_pcm(samples: Samples) -> bytes:
    """16-bit little-endian samples; what is too loud is cut."""
    return (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()


def resampled(samples: Samples, rate: int) -> Samples:
    """At 16 kHz: what cannot be held at that rate is filtered out in the frequency domain, so nothing folds back."""
    if rate == RATE or not len(samples):
        return samples
    samples = samples[: int(LONGEST_S * rate)]
    size = round(len(samples) * RATE / rate)
    if size == 0:
        return np.zeros(0, np.float32)
    spectrum = np.fft.rfft(samples)
    kept = np.zeros(size // 2 + 1, spectrum.dtype)
    reach = min(len(kept), len(spectrum))
    kept[:reach] = spectrum[:reach]
    return np.asarray(np.fft.irfft(kept, size) * size / len(samples), np.float32)


def write_wave(samples: Samples) -> bytes:
    """As a WAV file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(to_pcm(samples))
    return out.getvalue()
