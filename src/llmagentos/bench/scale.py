"""Homes of any size, and sentences about them, for what depends on size alone. Nothing here is judged for being right."""

import random
from typing import Any

PLACES = ("Kitchen", "Office", "Bedroom", "Bathroom", "Workshop", "Lounge", "Studio", "Pantry", "Library", "Laundry")
WINGS = ("", "North ", "South ", "East ", "West ", "Upper ", "Lower ", "Garden ", "Old ", "New ")
DEVICES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("light", "Ceiling Light", {"can": ["brightness"]}),
    ("light", "Desk Lamp", {"can": ["brightness"]}),
    ("cover", "Blind", {"kind": "blind", "can": ["position"]}),
    ("climate", "Thermostat", {}),
    ("switch", "Heater Plug", {}),
    ("fan", "Fan", {}),
    ("lock", "Door Lock", {}),
    ("sensor", "Temperature", {"kind": "temperature", "unit": "C", "state": {"value": 20}}),
)
SENTENCES = {
    "light": ("turn on the {0}", "switch the {0} off", "set the {0} to 40 percent", "please make the {0} brighter"),
    "cover": ("close the {0}", "open the {0} halfway", "{0} up please"),
    "climate": ("set the {0} to 21 degrees", "it is too cold, turn the {0} up"),
    "switch": ("turn on the {0}", "is the {0} on"),
    "fan": ("start the {0}", "turn the {0} off"),
    "lock": ("lock the {0}", "is the {0} locked"),
    "sensor": ("what does the {0} say", "how warm is it in the {1}"),
}


def areas() -> list[str]:
    """Names of 1,300 rooms in mixed order, so that they are as long in a small home as in a large one."""
    numbers = ("", *(f" {number}" for number in range(2, 14)))
    names = [f"{wing}{place}{number}" for wing in WINGS for place in PLACES for number in numbers]
    random.Random(3).shuffle(names)
    return names


def home_of_size(size: int) -> dict[str, Any]:
    """A simulated site of up to 10,400 devices, eight a room."""
    names = iter(areas())
    devices: list[dict[str, Any]] = []
    rooms: list[dict[str, str]] = []
    for number in range(size):
        entity_class, name, more = DEVICES[number % len(DEVICES)]
        if number % len(DEVICES) == 0:
            rooms.append({"name": next(names), "floor": f"Floor {len(rooms) // 20}"})
        room = rooms[-1]["name"]
        devices.append(
            {"id": f"{entity_class}.d{number}", "class": entity_class, "name": f"{room} {name}", "area": room, **more}
        )
    return {"site": f"Home of {size}", "areas": rooms, "simulate": {"devices": devices}}


def sentences(home: dict[str, Any], count: int, seed: int) -> list[str]:
    """What people could say to it, nothing twice; fewer than `count` where a small home gives no more."""
    possible = [
        form.format(device["name"].lower(), device["area"].lower())
        for device in home["simulate"]["devices"]
        for form in SENTENCES[device["class"]]
    ]
    return random.Random(seed).sample(list(dict.fromkeys(possible)), min(count, len(set(possible))))
