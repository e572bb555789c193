"""From readings on disk and a Brick file to what is wrong: the whole way, with readings of a simulated plant."""

import asyncio
import datetime as dt
import json
from pathlib import Path

import numpy as np

from llmagentos.app.diagnosing import Diagnosing
from llmagentos.app.site_graph import SiteGraphKeeper
from llmagentos.devices.simulation.air_handler import KEPT_EVERY, AirHandlers, Wrong
from llmagentos.kernel.history import DAY_S, SqliteHistory
from llmagentos.knowledge.graph.air_handlers import OF_HANDLER, OF_ROOM
from llmagentos.messages import SystemClock
from llmagentos.messages.snapshot import Snapshot

DAYS = 6
CLASS = {**{name: kinds[0] for name, kinds in OF_HANDLER.items()}, **{f"room {name}": kinds[0] for name, kinds in OF_ROOM.items()}}  # fmt: skip


def brick(rooms: int) -> str:
    """The plant in Turtle, each point with its signal."""
    lines = ["@prefix brick: <https://brickschema.org/schema/Brick#> .", "@prefix ref: <https://brickschema.org/schema/Brick/ref#> .", "@prefix : <urn:plant#> .", ":ahu a brick:AHU ."]  # fmt: skip

    def point(owner: str, name: str, kind: str) -> None:
        node = name.replace(" ", "_")
        lines.append(f':{owner} brick:hasPoint :{owner}_{node} . :{owner}_{node} a brick:{kind} ; ref:hasExternalReference [ ref:hasTimeseriesId "{owner}.{node} value" ] .')  # fmt: skip

    for name in (*(one for one in OF_HANDLER if one != "phase"), "phase 1", "phase 2", "phase 3"):
        point("ahu", name, CLASS["phase" if name.startswith("phase") else name])
    for room in range(rooms):
        lines.append(f":ahu brick:feeds :box{room} . :box{room} a brick:VAV ; brick:feeds :zone{room} . :zone{room} a brick:HVAC_Zone .")  # fmt: skip
        for name in OF_ROOM:
            point(f"box{room}", name, CLASS[f"room {name}"])
    return "\n".join(lines)


async def _history(folder: Path, start: float, wrong: Wrong) -> SqliteHistory:
    plants = AirHandlers(1, seed=3)
    plants.run(1, [None])
    before, after = plants.run(DAYS, [None]), plants.run(1, [wrong])
    history = SqliteHistory(folder / "history.sqlite", 30)
    for place in range((DAYS + 1) * 1440 // KEPT_EVERY):
        at, number = start + place * KEPT_EVERY * 60, place - DAYS * 1440 // KEPT_EVERY
        plant, rooms = before if number < 0 else after
        column = place if number < 0 else number
        for name, values in plant.items():
            scale = 100 if name == "heating valve" else 1  # some controllers speak in per cent
            history.note(f"ahu.{name.replace(' ', '_')}", "value", float(values[0, column]) * scale, at)
        for name, values in rooms.items():
            for room in range(values.shape[1]):
                history.note(f"box{room}.{name.replace(' ', '_')}", "value", float(values[0, room, column]), at)
    await history.flush(None)
    return history


async def _look(tmp_path: Path, wrong: Wrong) -> None:
    zone = dt.UTC
    midnight = dt.datetime(2026, 5, 11, tzinfo=zone).timestamp()
    history = await _history(tmp_path, midnight - DAYS * DAY_S, wrong)
    now = Snapshot(midnight + DAY_S + 3600, 1, 1, {}, {})
    graph = SiteGraphKeeper(tmp_path / "graph", "Plant", lambda: now, SystemClock())
    await graph.read("plant", brick(4).encode(), ".ttl")
    [found] = await Diagnosing(graph, history, lambda: now, zone).look()
    json.dumps(found)
    assert (found["name"], found["day"], found["days"]) == ("ahu", "2026-05-11", DAYS)
    first = found["causes"][0]
    assert (first["cause"], first["room"]) == (wrong.kind, f"zone{wrong.room}")
    assert first["chance"] > 0.9 > 0.1 > found["nothing"]
    assert first["reasons"]
    assert found["checks"][0]["room"] == f"zone{wrong.room}"
    [early] = await Diagnosing(graph, history, lambda: now, zone).look(dt.date(2026, 5, 6))
    assert (early["nothing"], early["causes"]) == (None, [])


def test_from_readings_to_the_open_window(tmp_path: Path) -> None:
    with np.errstate(all="raise"):
        asyncio.run(_look(tmp_path, Wrong("window open", 2, 0.9)))
