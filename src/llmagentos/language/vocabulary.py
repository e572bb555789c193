"""The closed word lists of the site language: classes, kinds, verbs, properties and states.

What a verb does to a class is data (`EFFECTS`): the same table tells the decoder what is legal, the resolver what to
command, and the renderer what happened.
"""

from dataclasses import dataclass

from llmagentos.messages.values import Scalar

CLASSES = (
    "light", "switch", "outlet", "cover", "lock", "fan", "climate", "valve", "vacuum", "lawn mower", "humidifier",
    "siren", "scene", "button", "number", "select", "text", "sensor", "binary sensor", "media player", "list",
    "person", "weather", "calendar", "camera", "update",
)  # fmt: skip

COVER_KINDS = ("awning", "blind", "curtain", "damper", "door", "garage", "gate", "shade", "shutter", "window")

BINARY_WORDS: dict[str, tuple[str, str]] = {
    "battery": ("low", "normal"), "battery charging": ("charging", "not charging"),
    "carbon monoxide": ("detected", "clear"), "cold": ("cold", "normal"), "connectivity": ("connected", "disconnected"),
    "door": ("open", "closed"), "garage door": ("open", "closed"), "gas": ("detected", "clear"),
    "heat": ("hot", "normal"), "light": ("bright", "dark"), "lock": ("unlocked", "locked"), "moisture": ("wet", "dry"),
    "motion": ("detected", "clear"), "moving": ("moving", "still"), "occupancy": ("detected", "clear"),
    "opening": ("open", "closed"), "plug": ("plugged in", "unplugged"), "power": ("powered", "unpowered"),
    "presence": ("home", "away"), "problem": ("problem", "ok"), "running": ("running", "idle"),
    "safety": ("unsafe", "safe"), "smoke": ("detected", "clear"), "sound": ("detected", "clear"),
    "tamper": ("detected", "clear"), "update": ("available", "up to date"), "vibration": ("detected", "clear"),
    "window": ("open", "closed"),
}  # fmt: skip
"""Kind of a binary sensor -> (what true is called, what false is called)."""

MEASURES = (
    "temperature", "humidity", "illuminance", "power", "energy", "voltage", "current", "battery", "pressure",
    "carbon dioxide", "carbon monoxide", "pm25", "pm10", "moisture", "water", "gas", "speed", "wind speed", "distance",
    "duration", "signal strength", "precipitation", "frequency", "weight", "volume", "aqi", "apparent power",
    "atmospheric pressure", "volatile organic compounds", "nitrogen dioxide", "ozone", "sulphur dioxide",
    "power factor", "reactive power", "irradiance", "sound pressure", "data rate", "data size", "monetary",
    "energy storage", "volume storage", "precipitation intensity", "timestamp", "date", "conductivity", "ph", "pm1",
    "nitrogen monoxide", "nitrous oxide", "volatile organic compounds parts", "counter", "level",
)  # fmt: skip
"""Kinds of sensors."""

KINDS = tuple(dict.fromkeys((*CLASSES, "device", *COVER_KINDS, *BINARY_WORDS, *MEASURES)))
"""What a selector may name: a class, `device` for any class that can do the verb, or a finer kind."""

PRIMARY: dict[str, str] = {
    "light": "on", "switch": "on", "outlet": "on", "cover": "state", "lock": "state", "fan": "on", "climate": "mode",
    "valve": "state", "vacuum": "activity", "lawn mower": "activity", "humidifier": "on", "siren": "on",
    "number": "value", "select": "value", "text": "value", "sensor": "value", "binary sensor": "on",
    "media player": "playback", "list": "items", "person": "location", "weather": "condition", "calendar": "events",
    "update": "value",
}  # fmt: skip
"""The property that is "the state" of a class. Scenes and buttons have none."""


@dataclass(frozen=True, slots=True)
class Effect:
    """Set `property` to `value`; of an action the value names it."""

    property: str
    value: Scalar


_ON_OFF = ("light", "switch", "outlet", "fan", "humidifier", "siren", "media player")
_MOVING = ("cover", "valve")

EFFECTS: dict[str, dict[str, tuple[Effect, ...]]] = {
    "turn on": {
        **{one: (Effect("on", True),) for one in _ON_OFF},
        "climate": tuple(Effect("mode", mode) for mode in ("heat_cool", "auto", "heat", "cool", "fan_only", "dry")),
    },
    "turn off": {
        **{one: (Effect("on", False),) for one in _ON_OFF},
        "media player": (Effect("on", False), Effect("playback", "off")),
        "climate": (Effect("mode", "off"),),
    },
    "open": {**{one: (Effect("state", "open"),) for one in _MOVING}},
    "close": {**{one: (Effect("state", "closed"),) for one in _MOVING}},
    "stop": {
        **{one: (Effect("stop", "stop"),) for one in _MOVING},
        "media player": (Effect("playback", "stopped"),),
        "vacuum": (Effect("activity", "idle"),),
        "lawn mower": (Effect("activity", "paused"),),
    },
    "lock": {"lock": (Effect("state", "locked"),)},
    "unlock": {"lock": (Effect("state", "unlocked"),)},
    "unlatch": {"lock": (Effect("state", "open"),)},
    "start": {"vacuum": (Effect("activity", "cleaning"),), "lawn mower": (Effect("activity", "mowing"),)},
    "dock": {"vacuum": (Effect("activity", "returning"),), "lawn mower": (Effect("activity", "returning"),)},
    "locate": {"vacuum": (Effect("locate", "locate"),)},
    "pause": {
        "media player": (Effect("playback", "paused"),),
        "vacuum": (Effect("activity", "paused"),),
        "lawn mower": (Effect("activity", "paused"),),
    },
    "resume": {
        "media player": (Effect("playback", "playing"),),
        "vacuum": (Effect("activity", "cleaning"),),
        "lawn mower": (Effect("activity", "mowing"),),
    },
    "skip": {"media player": (Effect("next", "next"),)},
    "go back": {"media player": (Effect("previous", "previous"),)},
    "mute": {"media player": (Effect("muted", True),)},
    "unmute": {"media player": (Effect("muted", False),)},
    "activate": {"scene": (Effect("activate", "activate"),)},
    "press": {"button": (Effect("press", "press"),)},
}
"""Verb -> class -> effects in order of preference; the first that the entity can do is taken."""

ACTIONS_NOT_IDEMPOTENT = ("press", "next", "previous", "toggle", "add", "remove")

SETTABLE = (
    "brightness", "color temperature", "color", "effect", "position", "tilt", "speed", "oscillation", "direction",
    "preset", "temperature", "humidity", "mode", "fan mode", "swing", "volume", "source", "value", "tone",
)  # fmt: skip
"""Properties that `set` takes; an entity has those its device says are writable."""

RELATIVE_STEPS: dict[str, tuple[float, str]] = {
    "brightness": (20, "%"), "color temperature": (500, "K"), "position": (20, "%"), "tilt": (20, "%"),
    "speed": (20, "%"), "temperature": (1, "C"), "humidity": (5, "%"), "volume": (10, "%"), "value": (1, ""),
}  # fmt: skip
"""What `raise` and `lower` change by when nobody said how much."""

READABLE = (*SETTABLE, "current temperature", "current humidity", "battery", "state", "wind speed", "power", "energy",
            "action", "title", "artist", "voltage", "current")  # fmt: skip

STATES = tuple(
    dict.fromkeys(
        (
            "on", "off", "open", "closed", "opening", "closing", "locked", "unlocked", "jammed", "playing", "paused",
            "stopped", "idle", "cleaning", "docked", "returning", "error", "mowing", "heating", "cooling", "heat",
            "cool", "auto", "home", "away", "unavailable", "muted",
            *(word for pair in BINARY_WORDS.values() for word in pair),
        )
    )
)  # fmt: skip

MEDIA = ("track", "album", "artist", "playlist", "podcast", "movie", "show", "channel", "video")
DAYS = ("day", "weekday", "weekend", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WHEN = ("today", "tomorrow", "tonight", "this week", "next week", "weekend", *DAYS[3:])
ALARM_DAYS = ("today", "tomorrow", *DAYS[3:])
WEATHER_ASPECTS = ("temperature", "humidity", "wind", "rain", "condition")
