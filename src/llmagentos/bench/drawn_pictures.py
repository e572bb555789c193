"""Pictures that `bench sight` draws: signs, panels, displays of seven segments and round gauges, then tilted, blurred and grained like a camera's."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from llmagentos.perception.sight.picture import Picture, vision

FONTS = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSerif.ttf", "DejaVuSerif-Bold.ttf", "DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf")  # fmt: skip
SIGNS = (
    ("NO ENTRY",), ("DANGER", "HIGH VOLTAGE"), ("Fire Exit",), ("CAUTION", "Hot surface"), ("Please ring the bell",),
    ("Deliveries at the back",), ("Beware of the dog",), ("Wear ear protection",), ("Emergency stop",), ("Push to open",),
    ("WET FLOOR",), ("Authorised personnel only",), ("Assembly point",), ("Out of order", "until Monday"),
)  # fmt: skip
PANELS = (
    ("TEMP 74.2 C", "SET 75.0 C"), ("Pressure 3.1 bar",), ("FLOW 128 l/min", "TOTAL 40392"), ("Pump 2 running",),
    ("ALARM 17", "Low oil level"), ("Tank level 64 %",), ("Speed 1480 rpm", "Load 37 %"), ("Filter change due",),
    ("Door open", "12:41:05"), ("Batch 0921", "318 of 600"),
)  # fmt: skip
DISPLAYS = ("23.5", "-18.4", "12:45", "0.82", "1013", "7.46", "88.8", "-3.0", "450", "06:17", "99", "231.4", "5.01", "1480", "-0.7", "64")  # fmt: skip
_SEGMENTS = {
    "0": "abcdef", "1": "bc", "2": "abged", "3": "abgcd", "4": "fgbc", "5": "afgcd", "6": "afgedc", "7": "abc",
    "8": "abcdefg", "9": "abcdfg", "-": "g", " ": "",
}  # fmt: skip
_COLOURS = (((250, 250, 245), (20, 20, 20)), ((245, 200, 20), (10, 10, 10)), ((190, 20, 20), (255, 255, 255)),
            ((20, 70, 150), (255, 255, 255)), ((20, 110, 60), (250, 250, 250)))  # fmt: skip
_LIT = (((25, 8, 8), (255, 50, 40)), ((8, 20, 10), (60, 255, 110)), ((150, 165, 140), (25, 30, 25)), ((5, 10, 20), (120, 200, 255)))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture and what is on it."""

    picture: Picture
    text: str


@dataclass(frozen=True, slots=True)
class DrawnGauge:
    """A round gauge, where its hand points, and its scale."""

    picture: Picture
    value: float
    least: float
    most: float
    unit: str


def drawn_texts(seed: int) -> list[Drawn]:
    """Forty pictures."""
    random = np.random.default_rng(seed)
    written = [Drawn(worn(_written(lines, _COLOURS, random), random), " ".join(lines)) for lines in SIGNS]
    written += [Drawn(worn(_written(lines, _LIT, random), random), " ".join(lines)) for lines in PANELS]
    return written + [Drawn(worn(_display(text, random), random), text) for text in DISPLAYS]


def drawn_gauges(seed: int) -> list[DrawnGauge]:
    """Ten, of as many scales."""
    random = np.random.default_rng(seed)
    scales = ((0, 10, 1, "bar"), (0, 6, 1, "bar"), (0, 100, 10, "%"), (0, 160, 20, "°C"), (-20, 60, 10, "°C"),
              (0, 4, 0.5, "bar"), (0, 250, 50, "kPa"), (0, 16, 2, "bar"), (0, 1000, 200, "l"), (-1, 3, 0.5, "bar"))  # fmt: skip
    gauges = []
    for least, most, step, unit in scales:
        value = float(random.uniform(least + 0.04 * (most - least), most - 0.04 * (most - least)))
        picture = worn(_gauge(value, least, most, step, unit, random), random, turn=6.0)
        gauges.append(DrawnGauge(picture, value, least, most, unit))
    return gauges


def worn(picture: Picture, random: np.random.Generator, turn: float = 9.0) -> Picture:
    """Turned by up to `turn` degrees, seen from a side, out of focus, with grain, once through JPEG, before a wall."""
    cv2 = vision()
    height, width = picture.shape[:2]
    margin = int(0.35 * max(height, width))
    wall = random.integers(60, 200, 3)
    canvas = np.full((height + 2 * margin, width + 2 * margin, 3), wall, np.uint8)
    canvas[margin:-margin, margin:-margin] = picture
    big, wide = canvas.shape[:2]
    corners = np.array([(0, 0), (wide, 0), (wide, big), (0, big)], np.float32)
    tilt = corners + random.uniform(-0.04, 0.04, (4, 2)) * (wide, big)
    canvas = cv2.warpPerspective(canvas, cv2.getPerspectiveTransform(corners, tilt.astype(np.float32)), (wide, big), borderMode=cv2.BORDER_REPLICATE)  # fmt: skip
    turned = cv2.getRotationMatrix2D((wide / 2, big / 2), float(random.uniform(-turn, turn)), 1.0)
    canvas = cv2.warpAffine(canvas, turned, (wide, big), borderMode=cv2.BORDER_REPLICATE)
    canvas = cv2.GaussianBlur(canvas, (0, 0), float(random.uniform(0.6, 2.2)))
    grain = canvas + random.normal(0, random.uniform(2, 9), canvas.shape)
    _, packed = cv2.imencode(".jpg", np.clip(grain, 0, 255).astype(np.uint8)[:, :, ::-1], (cv2.IMWRITE_JPEG_QUALITY, 75))  # fmt: skip
    return np.ascontiguousarray(cv2.imdecode(packed, cv2.IMREAD_COLOR)[:, :, ::-1])


def _written(lines: Sequence[str], colours: Sequence[Any], random: np.random.Generator) -> Picture:
    from PIL import Image, ImageDraw

    ground, ink = colours[int(random.integers(len(colours)))]
    font = _font(FONTS[random.integers(len(FONTS))], int(random.integers(34, 64)))
    boxes = [font.getbbox(one) for one in lines]
    line = int(1.35 * max(one[3] for one in boxes))
    image = Image.new("RGB", (int(max(one[2] for one in boxes)) + 60, line * len(lines) + 50), ground)
    draw = ImageDraw.Draw(image)
    for number, text in enumerate(lines):
        draw.text((30, 25 + number * line), text, font=font, fill=ink)
    return np.asarray(image)


def _font(name: str, size: int) -> Any:
    from matplotlib import get_data_path
    from PIL import ImageFont

    return ImageFont.truetype(str(Path(get_data_path()) / "fonts" / "ttf" / name), size)


def _display(text: str, random: np.random.Generator) -> Picture:
    """Slanted segments with gaps between them; those that are out may shine through a little."""
    cv2 = vision()
    ground, ink = (np.array(one, float) for one in _LIT[random.integers(len(_LIT))])
    tall, thick = 120.0, float(random.uniform(11, 17))
    wide, gap, slant = 62.0, float(random.uniform(1.5, 4)), float(random.uniform(0.0, 0.14))
    ghost = ground + (ink - ground) * float(random.choice((0.0, 0.05)))
    cells = sum(1.0 if one not in ".:" else 0.0 for one in text)
    image = np.full((int(tall + 90), int(110 + cells * (wide + 26) + 18 * (len(text) - cells)), 3), ground, np.uint8)
    left = 50.0
    for one in text:
        if one in ".:":
            for down in (1.0,) if one == "." else (0.3, 0.7):
                at = (left - 8 + slant * tall * (1 - down), 45 + tall * down - (thick / 2 if one == "." else 0))
                cv2.circle(image, (int(at[0]), int(at[1])), int(thick * 0.55), ink.tolist(), -1, cv2.LINE_AA)
            left += 18
            continue
        for name, shape in _shapes(wide, tall, thick, gap).items():
            moved = [(left + x + slant * (tall - y), 45 + y) for x, y in shape]
            colour = ink if name in _SEGMENTS[one] else ghost
            cv2.fillPoly(image, [np.array(moved, np.int32)], colour.tolist(), cv2.LINE_AA)
        left += wide + 26
    return image


def _shapes(wide: float, tall: float, thick: float, gap: float) -> dict[str, list[tuple[float, float]]]:
    """Seven hexagons."""
    half = thick / 2

    def across(y: float) -> list[tuple[float, float]]:
        return [(half + gap, y), (thick + gap, y - half), (wide - thick - gap, y - half), (wide - half - gap, y), (wide - thick - gap, y + half), (thick + gap, y + half)]  # fmt: skip

    def down(x: float, top: float, end: float) -> list[tuple[float, float]]:
        return [(x, top + gap), (x + half, top + half + gap), (x + half, end - half - gap), (x, end - gap), (x - half, end - half - gap), (x - half, top + half + gap)]  # fmt: skip

    high, middle, low, right = half, tall / 2, tall - half, wide - half
    return {"a": across(high), "g": across(middle), "d": across(low), "f": down(half, high, middle), "b": down(right, high, middle),
            "e": down(half, middle, low), "c": down(right, middle, low)}  # fmt: skip


def _gauge(
    value: float, least: float, most: float, step: float, unit: str, random: np.random.Generator
) -> NDArray[np.uint8]:
    """A white or black dial, numbers inside the ticks, a hand with a tail; the scale runs clockwise over 240 to 280 degrees."""
    cv2 = vision()
    from PIL import Image, ImageDraw

    size, sweep = 420, float(random.uniform(240, 280))
    dial, ink = ((248, 248, 244), (15, 15, 15)) if random.random() < 0.7 else ((25, 25, 28), (240, 240, 240))
    hand = ((15, 15, 15), (200, 20, 20))[random.integers(2)] if dial[0] > 100 else (240, 90, 30)
    image = np.full((size, size, 3), random.integers(90, 190, 3), np.uint8)
    centre = (size // 2, size // 2)
    cv2.circle(image, centre, 196, (70, 70, 70), -1, cv2.LINE_AA)
    cv2.circle(image, centre, 184, dial, -1, cv2.LINE_AA)

    def at(number: float, radius: float) -> tuple[int, int]:
        angle = math.radians(90 + (360 - sweep) / 2 + sweep * (number - least) / (most - least))
        return round(centre[0] + radius * math.cos(angle)), round(centre[1] + radius * math.sin(angle))

    count = round((most - least) / step)
    for minor in range(count * 5 + 1):
        number, major = least + minor * step / 5, minor % 5 == 0
        cv2.line(image, at(number, 172), at(number, 150 if major else 162), ink, 4 if major else 2, cv2.LINE_AA)
    drawing = Image.fromarray(image)
    draw, font = ImageDraw.Draw(drawing), _font("DejaVuSans.ttf", 26)
    for numbered in range(count + 1):
        draw.text(at(least + numbered * step, 122), f"{least + numbered * step:g}", font=font, fill=ink, anchor="mm")
    draw.text((centre[0], centre[1] + 70), unit, font=font, fill=ink, anchor="mm")
    image = np.array(drawing)
    cv2.line(image, at(value, -32), at(value, 146), hand, 6, cv2.LINE_AA)
    cv2.circle(image, centre, 15, hand, -1, cv2.LINE_AA)
    return image
