"""Home Assistant's intent and slots, read off a statement of the site language. Pure; tables and a few cases.

Source: developers.home-assistant.io, "Built-in intents".
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from llmagentos.language import Selector, Statement
from llmagentos.language import tree as t
from llmagentos.language.units import Duration, Quantity
from llmagentos.language.vocabulary import BINARY_WORDS, CLASSES, COVER_KINDS
from llmagentos.messages.snapshot import Snapshot

Slots: TypeAlias = dict[str, Any]

_VERBS: dict[tuple[str, str], str] = {
    ("start", "vacuum"): "HassVacuumStart", ("dock", "vacuum"): "HassVacuumReturnToBase", ("resume", "vacuum"): "HassVacuumStart",
    ("start", "lawn mower"): "HassLawnMowerStartMowing", ("dock", "lawn mower"): "HassLawnMowerDock",
    ("resume", "lawn mower"): "HassLawnMowerStartMowing", ("pause", "media player"): "HassMediaPause",
    ("stop", "media player"): "HassMediaPause", ("resume", "media player"): "HassMediaUnpause", ("skip", "media player"): "HassMediaNext",
    ("go back", "media player"): "HassMediaPrevious", ("mute", "media player"): "HassMediaPlayerMute",
    ("unmute", "media player"): "HassMediaPlayerUnmute", ("stop", "cover"): "HassStopMoving", ("stop", "valve"): "HassStopMoving",
}  # fmt: skip
_ON = ("turn on", "open", "lock", "activate", "press")
_OFF = ("turn off", "close", "unlock")
_SETS: dict[str, tuple[str, str]] = {
    "brightness": ("HassLightSet", "brightness"), "color": ("HassLightSet", "color"), "color temperature": ("HassLightSet", "temperature"),
    "temperature": ("HassClimateSetTemperature", "temperature"), "speed": ("HassFanSetSpeed", "percentage"),
    "position": ("HassSetPosition", "position"), "volume": ("HassSetVolume", "volume_level"),
}  # fmt: skip
_DOMAINS = {
    "lawn mower": "lawn_mower",
    "media player": "media_player",
    "binary sensor": "binary_sensor",
    "list": "todo",
    "outlet": "switch",
}
_MEDIA = {"show": "tv_show"}
_TIMER_VERBS = {"cancel": "HassCancelTimer", "pause": "HassPauseTimer", "resume": "HassUnpauseTimer", "extend": "HassIncreaseTimer",
                "shorten": "HassDecreaseTimer"}  # fmt: skip


def intent_of(statement: Statement, home: Snapshot) -> tuple[str, Slots]:
    """The intent and its slots; ("", {}) for what Home Assistant has no intent for."""
    for kind, read in _READERS.items():
        if isinstance(statement, kind):
            return read(statement, home)
    return "", {}


def matches(expected: Mapping[str, Any], found: Mapping[str, Any], here: str | None, home: Snapshot) -> bool:
    """Whether all expected slots are there and no others narrow it down. A domain or class that is implied is fine, so is the
    area the speaker is in, and so is any way to say which things are meant that comes to the same things."""
    of_things = "domain" in found or "device_class" in found
    if of_things and _things(expected, found, home) == _things(found, found, home) != frozenset():
        apart = ("name", "area", "floor")
        expected = {key: value for key, value in expected.items() if key not in apart}
        found = {key: value for key, value in found.items() if key not in apart}
    for key, value in expected.items():
        if key == "domain" and key not in found:
            continue
        if not _same(key, value, found):
            return False
    extra = {
        key: value
        for key, value in found.items()
        if key not in expected and key not in ("domain", "device_class", "states")
    }
    if here is not None and extra.get("area") == here:
        del extra["area"]
    return not extra


def _things(slots: Mapping[str, Any], kind: Mapping[str, Any], home: Snapshot) -> frozenset[str]:
    """The entities that slots come to, of the kind that was understood."""
    return frozenset(
        one.id
        for one in home.entities.values()
        if kind.get("domain") in (None, _DOMAINS.get(one.entity_class, one.entity_class))
        and kind.get("device_class") in (None, one.description.kind.replace(" ", "_"))
        and (slots.get("name") is None or one.called(str(slots["name"])))
        and all(
            slots.get(key) is None or _plain(slots[key]) == _plain(mine)
            for key, mine in (("area", one.area), ("floor", one.floor))
        )
    )


def _same(key: str, value: Any, found: Mapping[str, Any]) -> bool:
    actual = found.get(key)
    if key == "name":
        return _plain(value) == _plain(actual)
    if key == "state":
        return value in found.get("states", (actual,))
    if isinstance(value, str) and isinstance(actual, str):
        return _plain(value) == _plain(actual)
    if isinstance(value, int | float) and isinstance(actual, int | float):
        return abs(float(value) - float(actual)) < 0.01
    return bool(value == actual)


def _plain(text: Any) -> str:
    return str(text).casefold().replace("'", "").replace("_", " ").strip()


def _selector(selector: Selector, home: Snapshot) -> Slots:
    slots: Slots = {}
    if selector.kind in COVER_KINDS:
        slots |= {"domain": "cover", "device_class": selector.kind}
    elif selector.kind in CLASSES:
        slots |= {"domain": _DOMAINS.get(selector.kind, selector.kind)}
    else:
        slots |= {"device_class": selector.kind.replace(" ", "_")}
    name = home.entities[selector.id].name if selector.id and selector.id in home.entities else selector.name
    slots |= {key: value for key, value in (("name", name), ("floor", selector.floor)) if value is not None}
    if selector.area is not None and name is None:
        slots["area"] = selector.area
    return slots


def _do(do: t.Do, home: Snapshot) -> tuple[str, Slots]:
    kind = "cover" if do.target.kind in COVER_KINDS else do.target.kind
    intent = _VERBS.get((do.verb, kind)) or (
        "HassTurnOn" if do.verb in _ON else "HassTurnOff" if do.verb in _OFF else ""
    )
    return intent, _selector(do.target, home)


def _set(one: t.Set, home: Snapshot) -> tuple[str, Slots]:
    intent, slot = _SETS.get(one.property, ("", "value"))
    value = one.value.value if isinstance(one.value, Quantity) else one.value
    if one.property == "brightness" and value == 0:
        value = 1  # Home Assistant's lowest brightness of a light that is on
    return intent, {**_selector(one.target, home), slot: value}


def _change(one: t.Change, home: Snapshot) -> tuple[str, Slots]:
    amount = one.amount.value if isinstance(one.amount, Quantity) else None
    step = (
        (amount if one.direction == "raise" else -amount)
        if amount is not None
        else ("up" if one.direction == "raise" else "down")
    )
    return ("HassSetVolumeRelative" if one.property == "volume" else ""), {
        **_selector(one.target, home),
        "volume_step": step,
    }


def _state(ask: t.AskState, home: Snapshot) -> tuple[str, Slots]:
    slots = _selector(ask.target, home)
    if ask.property == "current temperature" or (ask.target.kind == "temperature" and "name" not in slots):
        return "HassClimateGetTemperature", slots
    return "HassGetState", slots


def _check(ask: t.Check | t.Find | t.Count, home: Snapshot) -> tuple[str, Slots]:
    slots = _selector(ask.target, home)
    if ask.state is None:
        return "HassGetState", slots
    word = str(ask.state)
    pair = BINARY_WORDS.get(_kind(ask.target, home), ("", ""))
    raw = "on" if word == pair[0] else "off" if word == pair[1] else word
    return "HassGetState", {**slots, "state": word, "states": (word, raw)}


def _kind(selector: Selector, home: Snapshot) -> str:
    for entity in home.entities.values():
        if selector.name is not None and entity.called(selector.name) and entity.entity_class == "binary sensor":
            return entity.description.kind
    return selector.kind


def _span(duration: Duration | Any, prefix: str = "") -> Slots:
    if not isinstance(duration, Duration):
        return {}
    hours, rest = divmod(duration.seconds, 3600)
    parts = {"hours": hours, "minutes": rest // 60, "seconds": rest % 60}
    return {f"{prefix}{key}": value for key, value in parts.items() if value}


def _reference(timer: t.TimerRef) -> Slots:
    slots: Slots = {key: value for key, value in (("name", timer.name), ("area", timer.area)) if value is not None}
    return {**slots, **_span(timer.started_for, "start_")}


def _start(one: t.StartTimer, _home: Snapshot) -> tuple[str, Slots]:
    return "HassStartTimer", {**_span(one.duration), **({"name": one.name} if one.name else {})}


def _adjust(one: t.AdjustTimer, _home: Snapshot) -> tuple[str, Slots]:
    return _TIMER_VERBS[one.verb], {**_reference(one.timer), **_span(one.amount)}


def _list(edit: t.EditList, home: Snapshot) -> tuple[str, Slots]:
    intent = {"add": "HassListAddItem", "complete": "HassListCompleteItem", "remove": "HassListRemoveItem"}[edit.verb]
    return intent, {**_selector(edit.list, home), "item": edit.item}


def _play(play: t.Play, home: Snapshot) -> tuple[str, Slots]:
    slots = _selector(play.target, home) if play.target else {}
    if play.media:
        slots["media_class"] = _MEDIA.get(play.media, play.media)
    return "HassMediaSearchAndPlay", {**slots, "search_query": play.query}


def _weather(ask: t.AskWeather, _home: Snapshot) -> tuple[str, Slots]:
    return "HassGetWeather", ({"name": ask.place} if ask.place else {})


_READERS: dict[type[Any], Callable[[Any, Snapshot], tuple[str, Slots]]] = {
    t.Do: _do, t.Set: _set, t.Change: _change, t.AskState: _state, t.Check: _check, t.Find: _check, t.Count: _check,
    t.StartTimer: _start, t.Delayed: lambda one, _: ("HassStartTimer", _span(one.after)), t.AdjustTimer: _adjust,
    t.TimerCommand: lambda one, _: (_TIMER_VERBS[one.verb], _reference(one.timer)),
    t.CancelAllTimers: lambda _one, _: ("HassCancelAllTimers", {}), t.AskTimer: lambda one, _: ("HassTimerStatus", _reference(one.timer)),
    t.EditList: _list, t.AskList: lambda one, home: ("HassGetState", _selector(one.list, home)), t.Play: _play,
    t.AskClock: lambda one, _: (f"HassGetCurrent{one.what.capitalize()}", {}), t.AskWeather: _weather,
}  # fmt: skip
