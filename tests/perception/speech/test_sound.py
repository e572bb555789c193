import io
import wave

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmagentos.perception.speech.features import BANDS, log_mel
from llmagentos.perception.speech.sound import RATE, NoSound, from_pcm, read_wave, resampled, to_pcm, write_wave


def tone(hertz: float, rate: int = RATE, seconds: float = 0.5) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate)).astype(np.float32)


def stereo(left: np.ndarray, right: np.ndarray, rate: int) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.stack((left, right), 1) * 32767).astype("<i2").tobytes())
    return out.getvalue()


def test_a_wave_comes_back_as_it_was() -> None:
    assert np.abs(read_wave(write_wave(tone(440))) - tone(440)).max() < 1e-4


@pytest.mark.parametrize("rate", (8_000, 22_050, 44_100, 48_000))
def test_other_rates_and_channels_become_ours(rate: int) -> None:
    heard = read_wave(stereo(tone(440, rate), np.zeros(rate // 2, np.float32), rate))
    assert len(heard) == RATE // 2
    assert np.abs(heard - tone(440) / 2)[800:-800].max() < 0.02


def test_what_is_too_high_is_filtered_and_not_folded_back() -> None:
    assert np.abs(resampled(tone(11_000, 48_000), 48_000)).max() < 1e-3


def test_too_loud_is_cut() -> None:
    assert from_pcm(to_pcm(np.array([2.0, -2.0], np.float32))).tolist() == pytest.approx([1.0, -1.0], abs=1e-3)


@given(st.binary(max_size=200))
def test_anything_else_is_said_to_be_no_sound(data: bytes) -> None:
    try:
        assert read_wave(data).ndim == 1
    except NoSound as error:
        assert "16-bit" in str(error)


def test_features_show_a_tone_where_it_is_and_silence_after_it() -> None:
    shown = log_mel(tone(1000, seconds=1.0), 200)
    assert shown.shape == (BANDS, 200)
    loudest = int(shown[:, 50].argmax())
    assert 20 < loudest < 30  # 1 kHz is the fifteenth step of 66.7 Hz of 45 up to 8 kHz, on 80 bands
    assert shown[:, 150].max() == pytest.approx(shown.min())
    assert shown.max() - shown.min() == pytest.approx(2.0, abs=1e-5)
