"""Bytes that may be pictures."""

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from llmagentos.perception.extras import NoPicture
from llmagentos.perception.sight.picture import LONGEST, read_picture, smaller


def _png(width: int, height: int, colour: tuple[int, int, int] = (200, 10, 30)) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(data, "PNG")
    return data.getvalue()


def test_red_is_first() -> None:
    picture = read_picture(_png(40, 20))
    assert picture.shape == (20, 40, 3)
    assert tuple(picture[5, 5]) == (200, 10, 30)


def test_what_is_larger_than_can_be_used_is_made_smaller() -> None:
    assert max(read_picture(_png(3000, 1500)).shape) == LONGEST
    assert smaller(np.zeros((10, 3000, 3), np.uint8)).shape == (6, LONGEST, 3)


@pytest.mark.parametrize("data", [b"", b"hello", b"\xff\xd8\xff\xe0", _png(40, 20)[:60], b"%PDF-1.4", b"RIFF1234WEBPxxxx"])  # fmt: skip
def test_what_is_no_picture_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(NoPicture, match="picture"):
        read_picture(data)


@pytest.mark.parametrize(("width", "height"), [(8, 60_000), (60_000, 8), (12, 12), (30, 400)])
def test_what_is_too_narrow_is_refused(width: int, height: int) -> None:
    """A reader would make gigabytes of it."""
    with pytest.raises(NoPicture, match="narrow"):
        read_picture(_png(width, height))


def test_a_bomb_is_refused_by_its_header() -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    data = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(header)) + chunk + struct.pack(">I", zlib.crc32(chunk))
    with pytest.raises(NoPicture):
        read_picture(data + _png(8, 8)[33:])


@settings(deadline=None)  # the first loads libraries
@given(st.binary(max_size=200), st.integers(0, 120))
def test_damaged_pictures_never_raise_anything_else(noise: bytes, at: int) -> None:
    data = bytearray(_png(24, 24))
    data[at : at + len(noise)] = noise
    try:
        assert read_picture(bytes(data)).ndim == 3
    except NoPicture as error:
        assert str(error)
