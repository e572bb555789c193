"""The order in which people read."""

import numpy as np

from llmagentos.perception.sight.gauges import Gauge
from llmagentos.perception.sight.sight import Seen
from llmagentos.perception.sight.written import Written, in_lines


def _piece(text: str, x: float, y: float, height: float = 20) -> Written:
    return Written(text, x, y, height, 0.9)


def test_from_the_top_and_from_the_left_where_two_stand_on_one_line() -> None:
    pieces = [_piece("VOLTAGE", 150, 52), _piece("Keep out", 100, 90), _piece("DANGER", 90, 10), _piece("HIGH", 40, 48)]
    assert [one.text for one in in_lines(pieces)] == ["DANGER", "HIGH", "VOLTAGE", "Keep out"]
    assert in_lines([]) == []


def test_the_numbers_of_a_dial_are_no_text() -> None:
    written = tuple(_piece(one, 0, 20 * number) for number, one in enumerate(["0", "-1.5", "bar", "Boiler 2"]))
    scene = np.zeros(512, np.float32)
    assert Seen((), written, Gauge(1, 0, 10, "bar", 1), scene).message == ("bar", "Boiler 2")
    assert Seen((), written, None, scene).message == ("0", "-1.5", "bar", "Boiler 2")
