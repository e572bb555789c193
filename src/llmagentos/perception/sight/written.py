"""What is written in a picture: signs, panels, displays of segments, by RapidOCR (its models are in its wheel)."""

import logging
from dataclasses import dataclass
from typing import Any

import numpy as np

from llmagentos.perception.extras import missing
from llmagentos.perception.sight.picture import Picture

SURE = 0.6
_LINE = 0.6
"""Of the height of a text: what is nearer stands on its line."""


@dataclass(frozen=True, slots=True)
class Written:
    """A piece of text, its middle and its height in pixels, and how sure the reading is."""

    text: str
    x: float
    y: float
    height: float
    sure: float


class Reader:
    """Loads its models at once. Not for two callers at once. Raises: MissingSense."""

    def __init__(self) -> None:
        try:
            import rapidocr
        except ImportError as error:
            raise missing("RapidOCR", "sight") from error
        logging.getLogger("RapidOCR").setLevel(logging.ERROR)
        self._engine: Any = rapidocr.RapidOCR(params={"Global.log_level": "error", "EngineConfig.onnxruntime.intra_op_num_threads": 1})  # fmt: skip

    def read(self, picture: Picture) -> tuple[Written, ...]:
        """Line by line. Cameras hang upright: nothing is turned on its head, which would read "66" for "99"."""
        found = self._engine(np.ascontiguousarray(picture[:, :, ::-1]), use_cls=False)
        if found.txts is None:
            return ()
        pieces = []
        for box, text, sure in zip(found.boxes, found.txts, found.scores, strict=True):
            (x, y), height = np.mean(box, axis=0), float(np.linalg.norm(np.subtract(box[0], box[3])))
            if sure >= SURE and text.strip():
                pieces.append(Written(text.strip(), float(x), float(y), height, float(sure)))
        return tuple(in_lines(pieces))


def in_lines(pieces: list[Written]) -> list[Written]:
    """As people read: from the top, and from the left where two stand on one line."""
    lines: list[list[Written]] = []
    for one in sorted(pieces, key=lambda piece: piece.y):
        if lines and abs(one.y - lines[-1][-1].y) < _LINE * min(one.height, lines[-1][-1].height):
            lines[-1].append(one)
        else:
            lines.append([one])
    return [one for line in lines for one in sorted(line, key=lambda piece: piece.x)]
