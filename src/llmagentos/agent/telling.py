"""How a thing is, in words, from what it reported alone."""

from collections.abc import Sequence

from llmagentos.agent import abilities, wording
from llmagentos.agent.wording import Language, say
from llmagentos.language.vocabulary import PRIMARY
from llmagentos.messages.snapshot import EntityView
from llmagentos.messages.values import Json

_MORE = {
    "light": ("brightness", "color temperature", "color"), "fan": ("speed",), "cover": ("position",), "valve": ("position",),
    "climate": ("temperature", "current temperature", "current humidity"), "media player": ("title", "artist", "volume"),
    "vacuum": ("battery",), "lawn mower": ("battery",), "humidifier": ("humidity",), "lock": ("battery",),
}  # fmt: skip
"""What else people want to know who ask how a thing is."""
_RESTING = ("off", "closed", "idle", "stopped", "standby")
"""In these states a light has no brightness worth telling, a player no title."""


def told(entity: EntityView, name: str | None, language: Language, twins: Sequence[EntityView] = ()) -> str:
    """Its state with what belongs to it, and that of `twins` of the same name; with `name`, that property alone."""
    return _property(entity, name, language) if name is not None else _state(entity, language, twins)


def _state(entity: EntityView, language: Language, twins: Sequence[EntityView]) -> str:
    chosen = PRIMARY.get(entity.entity_class, "")
    prop = entity.property(chosen)
    word = abilities.state_word(entity)
    value: Json = word if word is not None else entity.value(chosen)
    if value is None or not entity.online:
        return say("unknown_state", language, name=entity.name)
    unit = unit_of(prop.unit) if prop is not None and prop.kind == "number" else ""
    shown = [wording.quantity(value, unit, language), *_more(entity, str(value), language)]
    shown += [one for one in (_value(twin, language) for twin in twins) if one is not None]
    return say("is", language, name=entity.name, state=("，" if language == "zh" else ", ").join(shown))


def _value(entity: EntityView, language: Language) -> str | None:
    name = PRIMARY.get(entity.entity_class, "")
    prop, word = entity.property(name), abilities.state_word(entity)
    value: Json = word if word is not None else entity.value(name)
    if value is None or not entity.online:
        return None
    return wording.quantity(value, unit_of(prop.unit) if prop is not None and prop.kind == "number" else "", language)


def _more(entity: EntityView, state: str, language: Language) -> list[str]:
    if state in _RESTING:
        return []
    found = []
    for name in _MORE.get(entity.entity_class, ()):
        prop, value = entity.property(name), entity.value(name)
        if prop is None or value in (None, ""):
            continue
        shown = wording.quantity(value, unit_of(prop.unit), language)
        found.append(say(f"more_{name}" if name in ("title", "artist", "temperature", "current temperature") else "more", language,
                         name=wording.property_name(name, language), value=shown))  # fmt: skip
    return found


def _property(entity: EntityView, name: str, language: Language) -> str:
    prop, value = entity.property(name), entity.value(name)
    if value is None or not entity.online:
        what = wording.property_name(name, language)
        return say("unknown_value", language, name=entity.name, what=what)
    if value == "":
        return say("nothing_played" if name in ("title", "artist") else "empty_value", language, name=entity.name)
    label = f"{entity.name} {name}" if language == "en" else f"{entity.name}{wording.property_name(name, language)}"
    unit = unit_of(prop.unit) if prop is not None else ""
    return say("value", language, name=label, state=wording.quantity(value, unit, language))


def weather(entity: EntityView, language: Language) -> str:
    """The sky, how warm it is, and what else the station knows."""
    shown = [wording.state(str(entity.value("condition") or "?"), language)]
    for name in ("temperature", "humidity", "wind speed"):
        prop, value = entity.property(name), entity.value(name)
        if value is not None:
            number = wording.quantity(value, unit_of(prop.unit) if prop else "", language)
            shown.append(number if name == "temperature" else f"{wording.property_name(name, language)} {number}")
    return f"{'，'.join(shown)}。" if language == "zh" else f"{', '.join(shown)}."


def unit_of(unit: str) -> str:
    """As the language writes it."""
    return {"°C": "C", "°F": "F"}.get(unit, unit)
