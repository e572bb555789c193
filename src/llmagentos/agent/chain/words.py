"""Putting it into words: what a sense noticed, and the circumstances under which it did.

The words are for the judge, in English whatever the site speaks; names and what people wrote or said stay as they are, in quotes.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from llmagentos.agent.chain.deviation import deviation, in_words
from llmagentos.language.vocabulary import BINARY_WORDS, PRIMARY
from llmagentos.messages.records import Property, Sense
from llmagentos.messages.snapshot import EntityView, Snapshot
from llmagentos.messages.values import Json

Usual = Callable[[str, str], float | None]
"""What a number of an entity (its id, the property) usually is; None where that is not known."""
NEARBY, ELSEWHERE = 8, 5
LONGEST_STATE = 24
"""A state of more characters is a text of somebody."""
QUOTED, NAMED = 300, 60
"""Characters of a text that are passed on."""
_UNTOLD = ("camera", "scene", "button", "list", "person", "weather", "update", "calendar")
_ELSEWHERE = ("away", "not_home", "not home")
_HAZARDS = ("smoke", "gas", "moisture", "carbon monoxide", "heat", "safety", "problem", "tamper")


@dataclass(frozen=True, slots=True)
class Happening:
    """What a sense noticed, in words. `entity`: the device it was noticed with or at.

    Beside the words: `news`, the state a device is in now; `steps` from usual of a number; `people` seen; whether there is `text` of strangers.
    """

    sense: Sense
    area: str | None
    entity: str | None
    told: str
    news: str = ""
    steps: float | None = None
    people: int = 0
    text: bool = False


def of_reading(entity: EntityView, prop: Property, value: Json, before: Json, usual: float | None) -> Happening:
    """A device reported something."""
    name = _flat(entity.name)
    if entity.entity_class == "person" and value == "home":
        return Happening("sensor", entity.area, entity.id, f"{name} has come.", "home")
    if entity.entity_class == "person" and before == "home" and value in _ELSEWHERE:
        return Happening("sensor", entity.area, entity.id, f"{name} has left.", "away")
    was = f", before {_value(entity, prop, before)}" if before is not None and before != value else ""
    now = f"{_called(entity, prop)} is now {_value(entity, prop, value)}{was}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        steps = None if usual is None else deviation(entity, prop, float(value), usual)
        told = f"{now}{_against(entity, prop, value, usual)}."
        return Happening("sensor", entity.area, entity.id, told, steps=steps)
    news = ("on" if value else "off") if isinstance(value, bool) else str(value)
    strange = isinstance(value, str) and len(value) > LONGEST_STATE
    return Happening("sensor", entity.area, entity.id, f"{now}.", news, text=strange)


def of_picture(
    camera: str, area: str | None, entity: str | None, counts: Mapping[str, int], text: Sequence[str] = (),
    gauge: tuple[float, float, str] | None = None, usual: float | None = None, *, odd: bool = False,
) -> Happening:  # fmt: skip
    """A camera saw something. `gauge`: value, full scale, unit; `usual`: what it usually shows; `odd`: the scene as a whole is unlike any before."""
    people = counts.get("person", 0)
    seen = [f"{people} {'person' if people == 1 else 'people'}"] if people else []
    seen += [f"{count} {name}" if count > 1 else f"a {name}" for name, count in counts.items() if name != "person"]
    steps: float | None = None
    parts = [f"sees {', '.join(seen)}"] if seen else [] if text or gauge else ["sees nothing in particular"]
    if gauge is not None:
        value, full, unit = gauge
        steps = None if usual is None else (value - usual) / max(0.35 * abs(usual), 0.05 * full)
        against = "" if steps is None else f", usually {usual:g}: {in_words(steps)}"
        parts.append(f"shows a gauge at {value:.3g} {unit} of {full:g}{against}")
    parts += ["looks unlike ever before"] if odd else []
    parts += [f"shows the text {quoted(' / '.join(text))}"] if text else []
    return Happening("sight", area, entity, f"{_flat(camera)} {' and '.join(parts)}.", steps=steps, people=people, text=bool(text))  # fmt: skip


def of_voice(area: str | None, words: str) -> Happening:
    """A voice that nobody recognised said something, and not to the agent."""
    return Happening("speech", area, None, f"A voice {_in(area)}says: {quoted(words)}", text=True)


def of_sound(area: str | None, event: str) -> Happening:
    """A sound was heard."""
    return Happening("sound", area, None, f"A sound {_in(area)}is heard: {event}.")


def circumstances(snapshot: Snapshot, happening: Happening, zone: dt.tzinfo, usual: Usual) -> str:
    """When it is, who is here, and what the devices around do, the telling ones of elsewhere too."""
    near, far = [], []
    for entity in snapshot.entities.values():
        if entity.entity_class in _UNTOLD or entity.description.diagnostic or entity.id == happening.entity:
            continue
        told, alarming = _state(entity, usual)
        if told and entity.area is not None and entity.area == happening.area:
            near.append((not alarming, told))
        elif told and alarming:
            far.append(told if entity.area is None else f"{told} ({_flat(entity.area)})")
    near.sort(key=lambda one: one[0])
    lines = [f"It is {_time(snapshot.at, zone)}. {_presence(snapshot)}"]
    lines += [f"There: {'; '.join(told for _, told in near[:NEARBY])}."] if near else []
    lines += [f"Elsewhere: {'; '.join(far[:ELSEWHERE])}."] if far else []
    return "\n".join(lines)


def quoted(text: str) -> str:
    """On one line, and no longer than can be judged."""
    flat = " ".join(text.replace('"', "'").split())
    return f'"{flat[:QUOTED]}"'


def _flat(name: str) -> str:
    """A name as one short line without quotes: devices and cameras call themselves what they like."""
    return " ".join(name.replace('"', "'").split())[:NAMED]


def _in(area: str | None) -> str:
    return f"in {_flat(area)} " if area else ""


def _time(at: float, zone: dt.tzinfo) -> str:
    local = dt.datetime.fromtimestamp(at, zone)
    hour = local.hour + local.minute / 60
    parts = ((5.5, "night"), (7, "early morning"), (12, "morning"), (18, "afternoon"), (22.5, "evening"), (24, "night"))
    return f"{next(name for end, name in parts if hour < end)}, {local:%H:%M}"


def _presence(snapshot: Snapshot) -> str:
    people = [one for one in snapshot.entities.values() if one.entity_class == "person"]
    here = [_flat(one.name) for one in people if one.value("location") == "home"]
    if not people or (not here and any(one.value("location") is None for one in people)):
        return "Who is here is not known."
    return f"{' and '.join(here)} {'is' if len(here) == 1 else 'are'} here." if here else "Nobody is here."


def _state(entity: EntityView, usual: Usual) -> tuple[str, bool]:
    """What it is, in words, and whether that is no rest."""
    name = PRIMARY.get(entity.entity_class, "")
    prop, value = entity.property(name), entity.value(name)
    if prop is None or value is None:
        return "", False
    told = f"{_flat(entity.name)} {_value(entity, prop, value)}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        known = usual(entity.id, name)
        off = known is not None and abs(deviation(entity, prop, float(value), known)) >= 1.4
        return told + (_against(entity, prop, float(value), known) if off else ""), off
    hazard = value is True and entity.entity_class == "binary sensor" and entity.description.kind in _HAZARDS
    ajar = value in ("open", "unlocked") and entity.entity_class in ("lock", "cover")
    left_on = value is True and entity.entity_class == "outlet"
    return told, hazard or ajar or left_on


def _against(entity: EntityView, prop: Property, value: float, usual: float | None) -> str:
    if usual is None:
        return ""
    steps = deviation(entity, prop, float(value), usual)
    return f", usually {_value(entity, prop, usual)}: {in_words(steps, entity.description.kind)}"


def _called(entity: EntityView, prop: Property) -> str:
    plain = prop.name == PRIMARY.get(entity.entity_class) and prop.name != "condition"
    name, place = _flat(entity.name), _flat(entity.area or "")
    area = f" in {place}" if place and place.casefold() not in name.casefold() else ""
    return f"{name}{area}" if plain else f"{name} {prop.name}{area}"


def _value(entity: EntityView, prop: Property, value: Json) -> str:
    if isinstance(value, bool):
        words = BINARY_WORDS.get(entity.description.kind) if entity.entity_class == "binary sensor" else None
        return (words or ("on", "off"))[not value]
    if isinstance(value, int | float):
        unit = prop.unit if prop.unit.startswith(("%", "°")) or not prop.unit else f" {prop.unit}"
        return f"{value:.4g}{unit}"
    text = str(value)
    return text if len(text) <= LONGEST_STATE and text.isalpha() else quoted(text)
