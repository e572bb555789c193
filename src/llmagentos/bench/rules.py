"""`agentos bench rules`: 200 standing orders over 1,000 devices, a storm of readings of which every fifth changes a fact. One core, no I/O.

The orders are given in the site language and compiled as any other; readings pass signals, network, holding and limits.
"""

import random
import time
from typing import Any

from rich.console import Console

from llmagentos.agent.orders.standing import Standing, StandingOrders
from llmagentos.app.simulated import snapshot_of
from llmagentos.bench.report import Figures
from llmagentos.kernel.local_time import local_zone
from llmagentos.knowledge import select
from llmagentos.language import parse
from llmagentos.language import tree as t
from llmagentos.messages.snapshot import Snapshot

DEVICES, ORDERS, READINGS, AREAS = 1_000, 200, 100_000, 50
BEGIN = 1_700_000_000.0
SHAPES = (
    'when sensor "Sensor {one}" > 20 C back by 1 C: turn on light "Light {light}"',
    'when sensor "Sensor {one}" > 20 C back by 1 C for 10 min: turn on light "Light {light}"',
    'when sensor "Sensor {one}" > 20 C back by 1 C and sensor "Sensor {two}" > 20 C back by 1 C: turn on light "Light {light}"',
    'when sensor "Sensor {one}" > 20 C back by 1 C if nobody home at most 1 per 1 h: turn on light "Light {light}"',
    'when temperature in "Room {area}" > 20 C back by 1 C: turn on light in "Room {area}"',
    'when every light in "Room {area}" is on: turn off light in "Room {area}"',
)


def site() -> Snapshot:
    """A plant of a thousand sensors and lights, and two people."""
    devices: list[dict[str, Any]] = [
        {"id": f"s{number}", "class": "sensor", "kind": "temperature", "name": f"Sensor {number}", "area": f"Room {number % AREAS}", "unit": "°C"}
        for number in range(DEVICES * 4 // 5)
    ]  # fmt: skip
    devices += [
        {"id": f"l{number}", "class": "light", "name": f"Light {number}", "area": f"Room {number % AREAS}"}
        for number in range(DEVICES // 5)
    ]
    devices += [{"id": name.lower(), "class": "person", "name": name} for name in ("Ada", "Bob")]
    areas = [{"name": f"Room {number}"} for number in range(AREAS)]
    return snapshot_of({"site": "Plant", "areas": areas, "simulate": {"outside": None, "devices": devices}})


def given(random_: random.Random, home: Snapshot) -> StandingOrders:
    """The orders, standing."""
    orders = StandingOrders(select, local_zone())
    orders.site(home, BEGIN)
    for number in range(ORDERS):
        sentence = random_.choice(SHAPES).format(
            one=random_.randrange(800),
            two=random_.randrange(800),
            light=random_.randrange(200),
            area=random_.randrange(AREAS),
        )
        [order] = parse(sentence).statements
        assert isinstance(order, t.Order)
        orders.place(Standing(f"o{number}", order, "owner", None, BEGIN), BEGIN)
    return orders


def run_rules(out: Console) -> Figures:
    """Show and return readings a second, the slowest, and what fired."""
    random_, home = random.Random(7), site()
    orders = given(random_, home)
    storm = list(_storm(random_, sorted(orders.watching())))
    fired, slowest = 0, []
    begun = time.perf_counter()
    for number, (entity, name, value) in enumerate(storm):
        started = time.perf_counter()
        fired += len(orders.reading(entity, name, value, BEGIN + number * 0.001))
        slowest.append(time.perf_counter() - started)
    taken = time.perf_counter() - begun
    slowest.sort()
    figures: Figures = {
        "orders": ORDERS, "devices": len(home.entities), "events_per_s": round(len(storm) / taken), "inside_p99_ms": round(slowest[int(len(slowest) * 0.99)] * 1000, 3),
        "inside_worst_ms": round(slowest[-1] * 1000, 2), "came_about": fired,
    }  # fmt: skip
    out.print(figures)
    return figures


def _storm(random_: random.Random, watched: list[tuple[str, str]]) -> Any:
    """Readings; every fifth takes a watched signal to the other side of what is waited for."""
    last: dict[tuple[str, str], Any] = {}
    for number in range(READINGS):
        if number % 5 == 0:
            signal = random_.choice(watched)
            if signal[1] == "on":
                last[signal] = not last.get(signal, False)
            elif signal[1] == "location":
                last[signal] = "away" if last.get(signal) == "home" else "home"
            else:
                last[signal] = 10.0 if last.get(signal, 10.0) > 20 else 30.0
        else:
            signal = (f"s{random_.randrange(800)}", "value")
            last[signal] = last.get(signal, 10.0) + random_.random() * 0.01
        yield (*signal, last[signal])
