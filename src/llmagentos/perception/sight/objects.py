"""People and things in a picture, by NanoDet on ONNX Runtime, and the scene as a vector from the same pass.

Source: RangiLyu/nanodet: anchor-free, a class score and four distributions of distances for each place (generalised focal loss, Li et al. 2020).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from llmagentos.perception.sight.picture import Picture, vision

SIDE = 416
STRIDES = (8, 16, 32)
SCORES, DISTANCES = ("Identity", "Identity_1", "Identity_2"), ("Identity_3", "Identity_4", "Identity_5")
SCENE, SCENE_SIZES = "PartitionedCall/onnx_tf_prefix_Concat_62", (1, 512, 13, 13)
"""The last stage of the backbone."""
_MEAN, _DEVIATION = (103.53, 116.28, 123.675), (57.375, 57.12, 58.395)
SURE, PERHAPS, NOT_SEEN = 0.42, 0.3, 0.2
"""What two looks must come to on average, what is taken from one, and what counts where the other saw nothing of it."""
OVERLAP = 0.5
NAMES = (
    "person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat", "traffic light", "fire hydrant", "stop sign",
    "parking meter", "bench", "bird", "cat", "dog", "horse", "sheep", "cow", "elephant", "bear", "zebra", "giraffe", "backpack", "umbrella",
    "handbag", "tie", "suitcase", "frisbee", "skis", "snowboard", "sports ball", "kite", "baseball bat", "baseball glove", "skateboard",
    "surfboard", "tennis racket", "bottle", "wine glass", "cup", "fork", "knife", "spoon", "bowl", "banana", "apple", "sandwich", "orange",
    "broccoli", "carrot", "hot dog", "pizza", "donut", "cake", "chair", "couch", "potted plant", "bed", "dining table", "toilet", "tv",
    "laptop", "mouse", "remote", "keyboard", "cell phone", "microwave", "oven", "toaster", "sink", "refrigerator", "book", "clock", "vase",
    "scissors", "teddy bear", "hair drier", "toothbrush",
)  # fmt: skip
"""The classes of COCO, in its order."""

Matrix = NDArray[np.float32]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Thing:
    """One object: left, top, right and bottom as shares of the picture, and how sure."""

    name: str
    box: Box
    sure: float


class Objects:
    """One model. Not for two callers at once."""

    def __init__(self, model: Path, threads: int = 1) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        self._session = ort.InferenceSession(str(model), options)

    def find(self, picture: Picture) -> tuple[tuple[Thing, ...], Matrix]:
        """The surest first, and the scene: 512 numbers of length one.

        The picture is looked at twice, in its own shape and as a square: what is there is seen both times.
        """
        first, scene = self._look(picture, SIDE / max(picture.shape[:2]))
        second, _ = self._look(picture, None)
        pairs = [(one, _same(one, second)) for one in first] + [(one, _same(one, first)) for one in second]
        things = [replace(one, sure=(one.sure + (NOT_SEEN if other is None else other.sure)) / 2) for one, other in pairs]  # fmt: skip
        kept: list[Thing] = []
        for one in sorted(things, key=lambda thing: -thing.sure):
            if one.sure >= SURE and _same(one, kept) is None:
                kept.append(one)
        return tuple(kept), scene

    def _look(self, picture: Picture, scale: float | None) -> tuple[list[Thing], Matrix]:
        high, wide = (SIDE if scale is None else max(1, round(one * scale)) for one in picture.shape[:2])
        names = (*SCORES, *DISTANCES, SCENE)
        found = dict(zip(names, self._session.run(names, {"input_1": _framed(picture, wide, high)}), strict=True))
        boxes, scores = _decoded(found)
        scene = found[SCENE][0].mean(axis=(1, 2))
        things = list(_separate(np.clip(boxes / (wide, high, wide, high), 0, 1), scores))
        return things, np.asarray(scene / max(1e-9, float(np.linalg.norm(scene))), np.float32)


def _same(thing: Thing, among: Iterable[Thing]) -> Thing | None:
    """The surest of its kind in its place."""
    alike = [one for one in among if one.name == thing.name and _overlap(one.box, thing.box) >= OVERLAP]
    return max(alike, key=lambda one: one.sure, default=None)


def _framed(picture: Picture, wide: int, high: int) -> Matrix:
    """As the model wants it, of that size in its upper left corner."""
    canvas = np.empty((SIDE, SIDE, 3), np.float32)
    canvas[:] = _MEAN
    canvas[:high, :wide] = vision().resize(picture, (wide, high), interpolation=vision().INTER_AREA)[:, :, ::-1]
    canvas -= np.array(_MEAN, np.float32)
    canvas /= np.array(_DEVIATION, np.float32)
    return np.ascontiguousarray(canvas.transpose(2, 0, 1)[None])


def _decoded(found: dict[str, Matrix]) -> tuple[Matrix, Matrix]:
    """All places of all strides: boxes in pixels [n, 4] and scores [n, classes]."""
    boxes, scores = [], []
    for stride, score, distance in zip(STRIDES, SCORES, DISTANCES, strict=True):
        side = SIDE // stride
        bins = found[distance][0].reshape(side * side, 4, -1)
        shares = np.exp(bins - bins.max(axis=2, keepdims=True))
        away = (shares / shares.sum(axis=2, keepdims=True)) @ np.arange(bins.shape[2], dtype=np.float32) * stride
        down, across = (np.indices((side, side)).reshape(2, -1) + 0.5) * stride
        boxes.append(np.stack((across - away[:, 0], down - away[:, 1], across + away[:, 2], down + away[:, 3]), axis=1))
        scores.append(found[score][0])
    return np.concatenate(boxes), np.concatenate(scores)


def _separate(boxes: Matrix, scores: Matrix) -> Iterator[Thing]:
    """One box an object: what overlaps a surer one of its kind is the same. (Non-maximum suppression.)"""
    kinds, sure = scores.argmax(axis=1), scores.max(axis=1)
    kept: list[Thing] = []
    for one in np.argsort(-sure):
        if sure[one] < PERHAPS:
            return
        left, top, right, bottom = (float(side) for side in boxes[one])
        thing = Thing(NAMES[kinds[one]], (left, top, right, bottom), float(sure[one]))
        if _same(thing, kept) is None:
            kept.append(thing)
            yield thing


def _overlap(one: Box, other: Box) -> float:
    """Intersection over the smaller of both: a half of a person that was found as well is no second person."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    smaller = min((one[2] - one[0]) * (one[3] - one[1]), (other[2] - other[0]) * (other[3] - other[1]))
    return max(0.0, width) * max(0.0, height) / max(1e-9, smaller)
