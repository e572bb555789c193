"""Pictures as arrays: what cameras send and people drop, read within limits."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from llmagentos.perception.extras import NoPicture, missing

Picture: TypeAlias = NDArray[np.uint8]
"""(rows, columns, 3), red, green, blue."""
LONGEST = 1920
"""Pixels of the longer side that are kept: what cannot be seen then is too far away."""
MOST_PIXELS, MOST_BYTES = 50_000_000, 20_000_000
LEAST_SIDE, NARROWEST = 16, 8
"""Of more times as long as wide, readers make pictures of gigabytes."""
_KINDS = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF", b"BM", b"GIF8")


def vision() -> Any:
    """OpenCV, on one thread. Raises: MissingSense."""
    try:
        import cv2
    except ImportError as error:
        raise missing("OpenCV", "sight") from error
    cv2.setNumThreads(1)
    return cv2


def read_picture(data: bytes) -> Picture:
    """JPEG, PNG, WebP, BMP or GIF, turned the way the camera was held. Raises: NoPicture, MissingSense."""
    cv2 = vision()
    if len(data) > MOST_BYTES:
        raise NoPicture(f"the picture has {len(data) // 1_000_000} MB; {MOST_BYTES // 1_000_000} MB are the most")
    if not data.startswith(_KINDS):
        raise NoPicture("this is no picture that can be read here: send JPEG, PNG, WebP, BMP or GIF")
    _refuse_huge(data)
    try:
        found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise NoPicture(f"the picture cannot be read: {error.err}") from error
    if found is None:
        raise NoPicture("the picture is damaged or empty")
    if min(found.shape[:2]) < LEAST_SIDE or max(found.shape[:2]) > NARROWEST * min(found.shape[:2]):
        raise NoPicture(f"the picture is too narrow: {LEAST_SIDE} pixels at least, and no more than {NARROWEST} times as long as wide")  # fmt: skip
    return smaller(np.ascontiguousarray(found[:, :, ::-1]))


def smaller(picture: Picture, longest: int = LONGEST) -> Picture:
    """The same within that many pixels."""
    height, width = picture.shape[:2]
    scale = longest / max(height, width)
    if scale >= 1:
        return picture
    cv2 = vision()
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _refuse_huge(data: bytes) -> None:
    """Before anything is unpacked: a few bytes may stand for gigabytes of pixels. Raises: NoPicture."""
    import io

    from PIL import Image

    try:
        with Image.open(io.BytesIO(data)) as header:
            width, height = header.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise NoPicture("the picture is damaged or far too large") from error
    if width * height > MOST_PIXELS:
        raise NoPicture(f"the picture has {width} x {height} pixels; {MOST_PIXELS // 1_000_000} million are the most")
