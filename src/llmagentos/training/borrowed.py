"""Wording that other people wrote for generating commands: patterns, names and items of word lists.

Source: acon96/home-llm, `data/piles` (MIT).
"""

import csv
import re
import zlib
from collections.abc import Callable
from pathlib import Path

from llmagentos.language import Selector, Statement
from llmagentos.language import tree as t
from llmagentos.training.quoted import Quote, on_it
from llmagentos.training.speech import Speech

_KEYS = {
    ("light", "turn_on"): "turn on", ("light", "turn_off"): "turn off", ("switch", "turn_on"): "turn on", ("switch", "turn_off"): "turn off",
    ("fan", "turn_on"): "turn on fan", ("fan", "turn_off"): "turn off", ("fan", "increase_speed"): "raise speed",
    ("fan", "decrease_speed"): "lower speed", ("blinds", "open_cover"): "open", ("blinds", "close_cover"): "close",
    ("blinds", "stop_cover"): "stop", ("garage_door", "open_cover"): "open garage", ("garage_door", "close_cover"): "close",
    ("garage_door", "stop_cover"): "stop", ("lock", "lock"): "lock", ("lock", "unlock"): "unlock", ("media_player", "volume_up"): "raise volume",
    ("media_player", "volume_down"): "lower volume", ("media_player", "volume_mute"): "mute", ("media_player", "media_pause"): "pause",
    ("media_player", "media_stop"): "stop media player", ("media_player", "media_next_track"): "skip",
    ("media_player", "media_previous_track"): "go back", ("vacuum", "start"): "start vacuum", ("vacuum", "stop"): "stop vacuum",
    ("vacuum", "pause"): "pause vacuum", ("vacuum", "return_to_base"): "dock", ("todo", "add_item"): "add",
}  # fmt: skip
TYPES = {
    "light": "light", "lock": "lock", "media_player": "speaker", "switch": "appliance", "fan": "fan", "garage_door": "garage", "blinds": "blind",
    "vacuum": "vacuum", "todo": "list", "climate": "thermostat",
}  # fmt: skip
SERVICES: dict[str, Callable[[Selector], Statement]] = {
    "turn_on": lambda x: t.Do("turn on", x), "turn_off": lambda x: t.Do("turn off", x), "open_cover": lambda x: t.Do("open", x),
    "close_cover": lambda x: t.Do("close", x), "stop_cover": lambda x: t.Do("stop", x), "lock": lambda x: t.Do("lock", x),
    "unlock": lambda x: t.Do("unlock", x), "start": lambda x: t.Do("start", x), "volume_up": lambda x: t.Change("raise", x, "volume"),
    "volume_down": lambda x: t.Change("lower", x, "volume"), "volume_mute": lambda x: t.Do("mute", x), "media_pause": lambda x: t.Do("pause", x),
    "media_stop": lambda x: t.Do("stop", x), "media_next_track": lambda x: t.Do("skip", x), "media_previous_track": lambda x: t.Do("go back", x),
}  # fmt: skip
_STATE_WORDS = re.compile(
    r"\b(on|off|open|opened|closed|shut|locked|unlocked|lock|playing|paused|running|cleaning|dock(ed)?|bright\w*|dim\w*|colou?r|volume|spinning|"
    r"left|fast|speed|stuck|jammed|moving|watch\w*|listening|song|show|media|temperature|secure\w*|idle|active|up|down|timer|time)\b", re.IGNORECASE
)  # fmt: skip
_CHECKS = re.compile(r"(is|are|did|so|hey|where|i|any|can you (check|tell me) if|what hue)\b", re.IGNORECASE)
_VALUES = {"brightness": "set brightness", "color": "set color"}


def patterns(folder: Path) -> dict[str, list[str]]:
    """Patterns of acts by key; {b} is a name without an article. Raises: OSError."""
    found: dict[str, list[str]] = {}
    for row in rows(folder, "templated_actions"):
        slots = re.findall(r"<(\w+)>", row["phrase"])
        key = _KEYS.get((row["device_type"], row["service"]))
        value = next((one for one in slots if one in _VALUES), None)
        if row["phrase"].startswith(("Confirm", "Ensure", "Verify")):
            continue
        if key is None or "device_name" not in slots or len(slots) > (2 if value or "todo" in slots else 1):
            continue
        phrase = _pattern(row["phrase"]).replace("<todo>", "{q}")
        if value is not None:
            phrase = re.sub(rf"<{value}>(\s*(%|percent))?", "{v}", phrase)
        found.setdefault(_VALUES[value] if value else key, []).append(phrase)
    return found


def status_patterns(folder: Path) -> list[str]:
    """Questions after a thing that name no state of it. Raises: OSError."""
    plain = (one for one in rows(folder, "status_requests") if one["device_type"] in TYPES and "<" not in one["state"])
    return sorted(
        {
            _pattern(one["phrase"])
            for one in plain
            if not _STATE_WORDS.search(one["phrase"])
            and not _CHECKS.match(one["phrase"])
            and "vacuum" not in one["phrase"]
        }
    )


def names(folder: Path) -> dict[str, list[str]]:
    """What people call their devices, by the keys of `homes.TYPES`. Raises: OSError."""
    found: dict[str, list[str]] = {}
    for row in rows(folder, "device_names"):
        kind = TYPES.get(row["device_name"].partition(".")[0])
        if kind == "speaker" and re.search(r"\b(TV|television)\b", row["description"], re.IGNORECASE):
            kind = "tv"
        if kind is not None and not re.search(r"[()\[\]|{}<>]", row["description"]):
            found.setdefault(kind, []).append(row["description"])
    return found


def enriched(own: Speech, folder: Path) -> Speech:
    """The words of a language with those added. Raises: OSError."""
    acts = {key: [*known] for key, known in own.data["acts"].items()}
    for key, more in patterns(folder).items():
        acts.setdefault(key, []).extend(more)
    questions = {**own.data["questions"], "state": [*own.data["questions"]["state"], *status_patterns(folder)]}
    rooms = [*own.data["areas"], *(other for others in own.data["areas"].values() for other in others)]
    called = {key: [one for name in more if (one := _roomless(name, rooms))] for key, more in names(folder).items()}
    devices = {key: [*known, *called.get(key, [])] for key, known in own.data["devices"].items()}
    missing = {
        f"the {row['friendly_name'].lower()}"
        for row in rows(folder, "refusals")
        if row["reason_type"] == "not_available"
    }
    absent = [*own.data["absent"], *sorted(missing)]
    songs = [*own.data["songs"], *_lines(folder, "media_names")]
    items = [*own.data["items"], *(one.lower() for one in _lines(folder, "todo_items"))]
    return Speech(
        own.language,
        {
            **own.data,
            "acts": acts,
            "questions": questions,
            "devices": devices,
            "absent": absent,
            "songs": songs,
            "items": items,
        },
    )


def _roomless(name: str, rooms: list[str]) -> str | None:
    """A name with a hole for the room it begins with; None where it holds the name of a room elsewhere."""
    first = max((one for one in rooms if name.casefold().startswith(f"{one.casefold()} ")), key=len, default="")
    rest = name[len(first) :]
    if any(re.search(rf"\b{re.escape(one)}\b", rest, re.IGNORECASE) for one in rooms):
        return None
    return f"{{a}}{rest}" if first else name


def actions(folder: Path, *, held_out: bool = False) -> list[Quote]:
    """Sentences about one thing, with the thing; one in five is held out. Raises: OSError."""
    called = {row["device_name"]: row["description"] for row in rows(folder, "device_names")}
    found = []
    for row in rows(folder, "specific_actions"):
        kind, _, service = row["service_name"].partition(".")
        name, meaning = called.get(f"{kind}.{row['device_name']}"), SERVICES.get(service)
        if name is None or name.casefold() not in row["phrase"].casefold():
            continue
        apart = zlib.crc32(row["phrase"].encode()) % 5 == 0
        if kind in TYPES and meaning is not None and apart == held_out:
            found.append(Quote(row["phrase"].strip(), on_it(meaning), device=(TYPES[kind], name), label="iot_piles"))
    return found


def rows(folder: Path, pile: str) -> list[dict[str, str]]:
    """Of one word list. Raises: OSError."""
    with (folder / f"pile_of_{pile}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _lines(folder: Path, pile: str) -> list[str]:
    """Short titles and items of plain words."""
    lines = (folder / f"pile_of_{pile}.txt").read_text(encoding="utf-8").splitlines()
    return [one.strip() for one in lines if re.fullmatch(r"[A-Za-z' -]{3,40}", one.strip()) and len(one.split()) <= 5]


def _pattern(phrase: str) -> str:
    return re.sub(r"[()\[\]|]", "", phrase.strip(' ."')).replace("<device_name>", "{b}")
