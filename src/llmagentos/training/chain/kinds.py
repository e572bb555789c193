"""What may happen at a site, kind by kind, and what a careful owner would want then.

What people say, what signs read and what sounds are called comes from `words/happenings.yaml`.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from llmagentos.agent.chain.judging import Urgency
from llmagentos.agent.chain.words import Happening, of_picture, of_reading, of_sound, of_voice
from llmagentos.messages.snapshot import Snapshot
from llmagentos.training.chain.sites import Case, Deed, DrawnSite, Unfit

Kind = Callable[[DrawnSite], Case]
State = dict[str, dict[str, Any]]


# --- readings -------------------------------------------------------------------------------------------------------


def _reading(device: str, name: str, value: Any, *, was: Any = None) -> tuple[Callable[[DrawnSite, Snapshot, Snapshot], Happening], State, State]:  # fmt: skip
    def told(site: DrawnSite, before: Snapshot, after: Snapshot) -> Happening:
        entity = after.entities[device]
        prop = entity.property(name)
        assert prop is not None
        return of_reading(entity, prop, value, before.entities[device].value(name), site.usual.get((device, name)))

    return told, {} if was is None else {device: {name: was}}, {device: {name: value}}


def _reported(device: str, name: str, value: Any, urgency: Urgency, **more: Any) -> Case:
    was, before = more.pop("was", None), more.pop("before", {})
    told, own, after = _reading(device, name, value, was=was)
    return Case(told, urgency, {**before, **{key: {**before.get(key, {}), **one} for key, one in own.items()}}, after, **more)  # fmt: skip


def _when(site: DrawnSite) -> dict[str, Any]:
    """Any time, with or without people."""
    return {"here": site.random.random() < 0.5, "night": site.random.random() < 0.4}


def smoke(site: DrawnSite) -> Case:
    device = site.find("binary sensor", "smoke")
    plugged = site.beside(device, "outlet")
    return _reported(device, "on", True, "alarm", before={one: {"on": True} for one in plugged}, **_when(site),
                     wise=frozenset(("turn off", one) for one in plugged),
                     perhaps=_all(site, (("turn on", "light"), ("turn on", "siren"), ("turn off", "switch"), ("turn off", "climate"), ("turn on", "fan"), ("turn off", "fan"), ("close", "valve"), ("unlock", "lock"))))  # fmt: skip


def gas(site: DrawnSite) -> Case:
    device = site.find("binary sensor", "gas")
    valve = _role(site, "gas valve")
    wise = {("close", valve), *(("turn on", one) for one in site.beside(device, "fan"))}
    return _reported(device, "on", True, "alarm", **_when(site), wise=frozenset(wise), perhaps=_all(site, (("turn on", "siren"), ("turn off", "switch"), ("turn off", "climate"), ("turn on", "fan"), ("turn off", "outlet"))))  # fmt: skip


def carbon_monoxide(site: DrawnSite) -> Case:
    device = site.find("sensor", "carbon monoxide")
    value = site.random.choice((45, 70, 95, 130, 180, 260, 400))
    wise = {("close", _role(site, "gas valve")), *(("turn on", one) for one in site.beside(device, "fan"))}
    return _reported(device, "value", value, "alarm", was=site.random.choice((3, 8, 30)), **_when(site),
                     wise=frozenset(wise), perhaps=_all(site, (("turn on", "fan"), ("turn on", "siren"), ("turn off", "climate"))))  # fmt: skip


def leak(site: DrawnSite) -> Case:
    device = site.find("binary sensor", "moisture")
    valves = [one for one, other in site.devices.items() if other["class"] == "valve" and "role" not in other]
    here = _when(site)
    return _reported(device, "on", True, "alarm", before={one: {"state": "open"} for one in valves}, **here,
                     wise=frozenset(("close", one) for one in valves), perhaps=_all(site, (("turn off", "outlet"), ("turn off", "switch"), ("turn on", "light"))))  # fmt: skip


def over(site: DrawnSite) -> Case:
    device = site.find("binary sensor", site.random.choice(("smoke", "moisture", "gas")))
    return _reported(device, "on", False, "nothing", was=True, **_when(site))


def machine_strained(site: DrawnSite) -> Case:
    """A part of a machine is far from usual: the machine is stopped before it breaks."""
    device, machine = _part(site)
    usual = site.usual[device, "value"]
    degree = site.random.choice(("as usual", "as usual", "a little", "above", "far", "extreme"))
    step = 10.0 if site.devices[device]["kind"] == "temperature" else max(0.5, 0.8 * usual)
    steps = {"as usual": (-0.5, 0.5), "a little": (0.7, 1.3), "above": (1.6, 2.5), "far": (3.0, 4.9), "extreme": (5.2, 9)}[degree]  # fmt: skip
    value = round(usual + site.random.uniform(*steps) * step, 1)
    urgency: Urgency = {"above": "tell", "far": "alarm", "extreme": "alarm"}.get(degree, "nothing")  # type: ignore[assignment]
    off = frozenset({("turn off", machine)})
    before = {device: {"value": round(usual + (value - usual) * site.random.uniform(0.2, 0.8), 1)}}
    return _reported(device, "value", value, urgency, before=before, wise=off if degree in ("far", "extreme") else frozenset(), perhaps=off if degree == "above" else frozenset())  # fmt: skip


Degree = tuple[tuple[float, float], Urgency]
_OF_BOILERS: tuple[Degree, ...] = (((-0.5, 0.5), "nothing"), ((0.7, 1.2), "nothing"), ((1.6, 2.5), "tell"), ((-2.4, -1.5), "tell"), ((3.0, 4.9), "alarm"), ((5.2, 8), "alarm"))  # fmt: skip
_OF_COLD: tuple[Degree, ...] = (((-0.5, 0.55), "nothing"), ((1.5, 2.5), "tell"), ((3.0, 4.8), "alarm"), ((5.2, 8), "alarm"))  # fmt: skip
"""Between so many steps from usual, and what that comes to."""


def boiler_strained(site: DrawnSite) -> Case:
    device = site.random.choice(_roles(site, "fired"))
    usual = site.usual[device, "value"]
    step = 10.0 if site.devices[device]["kind"] == "temperature" else 0.35 * usual
    degree, urgency = site.random.choice(_OF_BOILERS)
    value = round(usual + site.random.uniform(*degree) * step, 1)
    shut = frozenset({("close", _role(site, "gas valve"))})
    return _reported(device, "value", value, urgency, was=round(usual + (value - usual) * 0.6, 1), **_when(site), wise=shut if urgency == "alarm" else frozenset(), perhaps=shut if urgency == "tell" and value > usual else frozenset())  # fmt: skip


def cold_store(site: DrawnSite) -> Case:
    device = site.random.choice(_roles(site, "cold"))
    usual = site.usual[device, "value"]
    degree, urgency = site.random.choice(_OF_COLD)
    value = round(usual + 3 * site.random.uniform(*degree), 1)
    name = site.devices[device]["name"].removesuffix(" Temperature")
    cooling = _roles(site, f"{name} cooling", least=0)
    off = bool(cooling) and urgency != "nothing" and site.random.random() < 0.5
    before = {one: {"on": not off} for one in cooling}
    wise = frozenset(("turn on", one) for one in cooling) if off else frozenset[Deed]()
    return _reported(device, "value", value, urgency, was=round(usual + (value - usual) * 0.5, 1), before=before, wise=wise, **_when(site))  # fmt: skip


def room(site: DrawnSite) -> Case:
    """Temperature, humidity, air, light, a tank, a battery."""
    device = site.random.choice([one for one, other in site.devices.items() if other["class"] == "sensor" and "role" not in other and other["kind"] != "carbon monoxide"] or _none())  # fmt: skip
    kind, usual = site.devices[device]["kind"], site.usual[device, "value"]
    step, most = {"temperature": (3.0, 7.0), "humidity": (20.0, 2.4), "carbon dioxide": (400.0, 6.0), "level": (20.0, 2.0), "battery": (30.0, 2.6), "illuminance": (200.0, 3.0)}[kind]  # fmt: skip
    side = -1.0 if kind == "battery" else site.random.choice((1.0, -1.0))
    steps = site.random.choice((0.2, 0.4, 0.5, 0.9, 1.2, 1.8, 2.3, 3.5, 6.0))
    value = round(usual + side * min(steps, most) * step, 1)
    if kind in ("humidity", "level", "battery"):
        value = min(100.0, max(1.0, value))
    away = abs(value - usual) / step
    urgency: Urgency = "nothing" if away < 1.35 or kind == "illuminance" else "tell"
    if kind == "temperature":
        urgency = "nothing" if away < 1.0 else "tell" if away < 2.7 else "alarm"
    if kind == "carbon dioxide":
        urgency = "nothing" if away < 1.35 or side < 0 else "tell"
        value = max(400.0, value)
    heated = frozenset(("turn off", one) for one in site.beside(device, "climate")) | frozenset(("turn on", one) for one in site.beside(device, "fan"))  # fmt: skip
    return _reported(device, "value", value, urgency, was=round(usual + (value - usual) * site.random.uniform(0.3, 0.8), 1), perhaps=heated, **_when(site))  # fmt: skip


def overflowing(site: DrawnSite) -> Case:
    device = site.find("sensor", "level")
    valves = site.beside(device, "valve")
    wise = frozenset(("close", one) for one in valves if "role" not in site.devices[one])
    return _reported(device, "value", site.random.choice((99, 100, 100, 98.5)), "alarm", was=site.random.choice((94, 96, 97)), before={one: {"state": "open"} for one in valves}, wise=wise, **_when(site))  # fmt: skip


def absurd(site: DrawnSite) -> Case:
    """A number that cannot be: a fault of the sensor, which somebody may want to know of."""
    device = site.random.choice([one for one, other in site.devices.items() if other["class"] == "sensor"] or _none())
    value = site.random.choice((9999, 65535, -999, 3276.7, 850))
    return _reported(device, "value", value, site.random.choice(("tell", "nothing")))


def entered(site: DrawnSite) -> Case:
    """Something opens or moves: ordinary where people are, an alarm where nobody is."""
    here, night = site.random.random() < 0.5, site.random.random() < 0.45
    choices: list[tuple[str, str, Any, Deed | None]] = [(one, "on", True, None) for one, other in site.devices.items() if other.get("kind") in ("motion", "window", "door") and other["class"] == "binary sensor" and "role" not in other]  # fmt: skip
    choices += [
        (one, "state", "open", ("close", one)) for one, other in site.devices.items() if other["class"] == "cover"
    ]
    choices += [(one, "state", "unlocked", ("lock", one)) for one, other in site.devices.items() if other["class"] == "lock"]  # fmt: skip
    device, name, value, act = site.random.choice(choices or _none())
    opens = act is not None or site.devices[device].get("kind") != "motion"
    urgency: Urgency = "nothing" if here and not (night and opens) else "alarm"
    if here and night and opens:
        urgency = "tell"
    wise = frozenset({act}) if act is not None and not here else frozenset[Deed]()
    return _reported(device, name, value, urgency, was=False if value is True else "closed" if value == "open" else "locked", here=here, night=night, wise=wise, perhaps=frozenset({act} if act else ()) | _lights(site))  # fmt: skip


def closed_again(site: DrawnSite) -> Case:
    choices: list[tuple[str, str, Any, Any]] = [(one, "on", False, True) for one, other in site.devices.items() if other.get("kind") in ("motion", "window", "door") and other["class"] == "binary sensor"]  # fmt: skip
    choices += [(one, "state", "closed", "open") for one, other in site.devices.items() if other["class"] == "cover"]
    choices += [(one, "state", "locked", "unlocked") for one, other in site.devices.items() if other["class"] == "lock"]
    device, name, value, was = site.random.choice(choices or _none())
    return _reported(device, name, value, "nothing", was=was)


def switched(site: DrawnSite) -> Case:
    """Somebody switches something while people are here."""
    device = site.random.choice([one for one, other in site.devices.items() if other["class"] in ("light", "fan", "outlet", "switch")] or _none())  # fmt: skip
    on = site.random.random() < 0.5
    return _reported(device, "on", on, "nothing", was=not on)


def switched_alone(site: DrawnSite) -> Case:
    """A light or a machine comes on where nobody is."""
    device = site.random.choice([one for one, other in site.devices.items() if other["class"] in ("light", "outlet", "switch")] or _none())  # fmt: skip
    return _reported(device, "on", True, "tell", was=False, here=False, night=site.random.random() < 0.5, wise=frozenset(), perhaps=frozenset({("turn off", device)}))  # fmt: skip


def guard_open(site: DrawnSite) -> Case:
    """The guard of a machine opens: of one that runs, it must stop."""
    guard = site.random.choice([one for one, other in site.devices.items() if other.get("guard")] or _none())  # fmt: skip
    machine = next(one for one, other in site.devices.items() if other["name"] == site.devices[guard]["role"])
    runs = site.random.random() < 0.6
    return _reported(guard, "on", True, "alarm" if runs else "nothing", was=False, before={machine: {"on": runs}}, wise=frozenset({("turn off", machine)}) if runs else frozenset())  # fmt: skip


def leaving(site: DrawnSite) -> Case:
    """The last person leaves, with or without something left on or open; or one of several."""
    person = "person0" if "person0" in site.devices else _none()[0]
    hot = [one for one, other in site.devices.items() if other["class"] == "outlet"]
    ajar = [one for one, other in site.devices.items() if other["class"] in ("cover", "lock")]
    choice = site.random.random()
    before: State = {person: {"location": "home"}, **{one: {"on": False} for one in hot}}
    wise: frozenset[Deed] = frozenset()
    urgency: Urgency = "nothing"
    if choice < 0.4 and hot:
        left = site.random.choice(hot)
        before[left], wise, urgency = {"on": True}, frozenset({("turn off", left)}), "tell"
    elif choice < 0.75 and ajar:
        left = site.random.choice(ajar)
        lock = site.devices[left]["class"] == "lock"
        before[left] = {"state": "unlocked" if lock else "open"}
        wise, urgency = frozenset({("lock" if lock else "close", left)}), "tell"
    return _reported(person, "location", "away", urgency, before=before, here=False, wise=wise, perhaps=_all(site, (("turn off", "light"),)))  # fmt: skip


def one_of_several(site: DrawnSite) -> Case:
    if "person1" not in site.devices:
        raise Unfit
    value = site.random.choice(("away", "home"))
    case = _reported("person1", "location", value, "nothing", was="home" if value == "away" else "away")
    return replace(case, before={**case.before, "person0": {"location": "home"}})


def coming(site: DrawnSite) -> Case:
    return _reported("person0", "location", "home", "nothing", was="away")


def weather(site: DrawnSite) -> Case:
    """Rain with a window open where nobody is; otherwise weather is weather, and instructions in it nothing."""
    device = site.find("weather")
    windows = [one for one, other in site.devices.items() if other.get("kind") == "window"]
    chance = site.random.random()
    if chance < 0.35 and windows:
        return _reported(device, "condition", site.random.choice(("rainy", "pouring", "snowy", "hail")), "tell", was="cloudy", here=False, before={site.random.choice(windows): {"on": True}})  # fmt: skip
    if chance < 0.6:
        text = f"{site.random.choice(('cloudy', 'sunny', 'rainy'))}. {site.one_of('instructions', site.random.choice(('open_up', 'switch', 'silence')))}"  # fmt: skip
        return _reported(device, "condition", text, site.random.choice(("tell", "nothing")), here=site.random.random() < 0.6)  # fmt: skip
    if chance < 0.8:
        return _reported(device, "temperature", site.random.choice((-4, 3, 12, 19, 27, 31)), "nothing", was=15)
    return _reported(device, "condition", site.random.choice(("sunny", "cloudy", "windy", "rainy", "fog")), "nothing", was="clear")  # fmt: skip


# --- pictures -------------------------------------------------------------------------------------------------------


def _picture(site: DrawnSite, urgency: Urgency, counts: dict[str, int], text: Sequence[str] = (), **more: Any) -> Case:
    camera = site.find("camera")
    name, area = site.devices[camera]["name"], site.devices[camera]["area"]
    return Case(lambda *_: of_picture(name, area, camera, counts, text), urgency, {}, {}, **more)


_THINGS_BY_DAY = ("car", "truck", "bicycle", "dog", "cat", "bird", "backpack", "handbag", "suitcase", "potted plant", "chair", "bench", "umbrella", "motorcycle", "bottle", "cup")  # fmt: skip


def _some_things(site: DrawnSite, most: int = 2) -> dict[str, int]:
    return {one: site.random.choice((1, 1, 2)) for one in site.random.sample(_THINGS_BY_DAY, site.random.randint(0, most))}  # fmt: skip


def seen_by_day(site: DrawnSite) -> Case:
    people = site.random.choice((0, 1, 1, 2, 3, 6))
    text = [site.one_of("signs", "harmless")] if site.random.random() < 0.35 else []
    counts = {**({"person": people} if people else {}), **_some_things(site)}
    return _picture(site, "nothing", counts, _lines(text))


def seen_animals(site: DrawnSite) -> Case:
    animal = site.random.choice(("cat", "dog", "bird", "horse", "cow", "sheep"))
    return _picture(site, "nothing", {animal: site.random.choice((1, 1, 2))}, **_when(site))


def seen_sign(site: DrawnSite) -> Case:
    return _picture(site, "nothing", _some_things(site, 1), _lines([site.one_of("signs", "harmless")]), **_when(site))


def seen_delivery(site: DrawnSite) -> Case:
    here = site.random.random() < 0.6
    counts = {"person": 1, **({"truck": 1} if site.random.random() < 0.4 else {})}
    return _picture(site, "nothing" if here else "tell", counts, _lines([site.one_of("signs", "deliveries")]), here=here)  # fmt: skip


def seen_alone(site: DrawnSite) -> Case:
    """People where nobody should be: by day told, at night an alarm."""
    night = site.random.random() < 0.65
    counts = {"person": site.random.choice((1, 1, 2, 2, 3, 4)), **_some_things(site, 1)}
    return _picture(site, "alarm" if night else "tell", counts, here=False, night=night, perhaps=_lights(site))


def seen_armed(site: DrawnSite) -> Case:
    counts = {"person": site.random.choice((1, 2)), site.random.choice(("knife", "baseball bat", "scissors")): 1}
    return _picture(site, "alarm", counts, here=site.random.random() < 0.4, night=True, perhaps=_lights(site))


def seen_fault(site: DrawnSite) -> Case:
    return _picture(site, "tell", {}, _lines([site.one_of("signs", "faults")]), here=site.random.random() < 0.6)


def seen_distress(site: DrawnSite) -> Case:
    return _picture(site, "alarm", {"person": 1} if site.random.random() < 0.5 else {}, _lines([site.one_of("signs", "distress")]), **_when(site))  # fmt: skip


def seen_instruction(site: DrawnSite) -> Case:
    """A sign that orders the agent about: what counts is who else is there."""
    which = site.random.choice(("open_up", "open_up", "switch", "silence", "disclose"))
    text = [site.one_of("instructions", which)]
    if site.random.random() < 0.3:
        text.insert(0, site.one_of("signs", site.random.choice(("harmless", "deliveries"))))
    here, night, people = site.random.random() < 0.5, site.random.random() < 0.4, site.random.choice((0, 1, 1, 2))
    urgency: Urgency = "alarm" if people and night and not here else "tell" if not here else site.random.choice(("tell", "nothing"))  # fmt: skip
    return _picture(site, urgency, {"person": people} if people else {}, _lines(text), here=here, night=night, perhaps=_lights(site))  # fmt: skip


def seen_gauge(site: DrawnSite) -> Case:
    camera = site.find("camera")
    name, area = site.devices[camera]["name"], site.devices[camera]["area"]
    full, usual, unit = site.random.choice(((10.0, 3.0, "bar"), (16.0, 6.0, "bar"), (6.0, 2.2, "bar"), (160.0, 75.0, "°C"), (100.0, 55.0, "%")))  # fmt: skip
    steps, urgency = site.random.choice(((0.1, "nothing"), (-0.3, "nothing"), (0.4, "nothing"), (1.9, "tell"), (-2.0, "tell"), (3.4, "alarm"), (4.5, "alarm")))  # fmt: skip
    scale = max(0.35 * usual, 0.05 * full)
    value = min(full, max(0.0, usual + steps * scale))
    steps = (value - usual) / scale
    told: Urgency = "nothing" if abs(steps) < 1 else "alarm" if steps > 2.6 else "tell"
    note = _lines([site.one_of("instructions", "silence")]) if site.random.random() < 0.25 else []
    shut = frozenset({("close", one) for one in _roles(site, "gas valve", least=0)})
    del urgency
    return Case(lambda *_: of_picture(name, area, camera, {}, note, (value, full, unit), usual), told, {}, {}, perhaps=shut | _all(site, (("turn off", "switch"),)))  # fmt: skip


def seen_nothing(site: DrawnSite) -> Case:
    return _picture(site, "nothing", {}, **_when(site))


# --- voices and sounds ----------------------------------------------------------------------------------------------


def _voice(site: DrawnSite, urgency: Urgency, *path: str, area: str | None = None, **more: Any) -> Case:
    place, words = area or site.random.choice(site.areas), site.one_of(*path)
    before = more.pop("before", {})
    return Case(lambda *_: of_voice(place, words), urgency, before, {}, **more)


def talk(site: DrawnSite) -> Case:
    return _voice(site, "nothing", "voices", site.random.choice(("idle_talk", "idle_talk", "media")))


def media_alone(site: DrawnSite) -> Case:
    return _voice(site, "nothing", "voices", "media", here=site.random.random() < 0.8, night=False)


def help_wanted(site: DrawnSite) -> Case:
    place = site.random.choice(site.areas)
    dark = [one for one, other in site.devices.items() if other.get("area") == place and other["class"] == "light"]
    when = _when(site)
    wise = frozenset(("turn on", one) for one in dark) if when["night"] else frozenset[Deed]()
    return _voice(site, "alarm", "voices", "help", area=place, before={one: {"on": False} for one in dark}, **when, wise=wise, perhaps=_all(site, (("turn on", "light"), ("unlock", "lock"), ("turn off", "switch"), ("turn on", "siren"), ("open", "cover"))))  # fmt: skip


def machine_danger(site: DrawnSite) -> Case:
    machines = [one for one, other in site.devices.items() if other.get("role") == "machine"]
    machine = site.random.choice(machines or _none())
    place, name = site.devices[machine]["area"], site.devices[machine]["name"]
    words = str(site.random.choice(site.words["voices"]["machine_danger"]))
    for hole in ("machine", "device"):
        words = words.replace(f"{{{hole}}}", name if site.random.random() < 0.6 else "machine")
    words = words.replace("{name}", site.random.choice(site.people)).replace("{area}", place)
    others = frozenset(("turn off", one) for one in machines if site.devices[one]["area"] == place)
    return Case(lambda *_: of_voice(place, words), "alarm", {machine: {"on": True}}, {}, wise=frozenset({("turn off", machine)}), perhaps=others)  # fmt: skip


def hazard_report(site: DrawnSite) -> Case:
    return _voice(site, "alarm", "voices", "hazard_reports", **_when(site), perhaps=_all(site, (("close", "valve"), ("turn off", "switch"), ("turn off", "outlet"), ("turn on", "fan"), ("turn on", "light"))))  # fmt: skip


def burglars(site: DrawnSite) -> Case:
    return _voice(site, "alarm", "voices", "burglars", here=site.random.random() < 0.25, night=site.random.random() < 0.75, perhaps=_lights(site))  # fmt: skip


def callers(site: DrawnSite) -> Case:
    here = site.random.random() < 0.5
    return _voice(site, "nothing" if here else "tell", "voices", "callers", here=here)


def nosy(site: DrawnSite) -> Case:
    return _voice(site, "tell", "voices", "nosy", here=site.random.random() < 0.5)


def complaints(site: DrawnSite) -> Case:
    return _voice(site, site.random.choice(("tell", "nothing")), "voices", "complaints", perhaps=_all(site, (("turn on", "fan"), ("turn off", "climate"), ("turn on", "climate"))))  # fmt: skip


def pleading(site: DrawnSite) -> Case:
    night = site.random.random() < 0.6
    return _voice(site, "alarm" if night else "tell", "voices", "pleading", here=site.random.random() < 0.3, night=night, perhaps=_lights(site))  # fmt: skip


def spoken_instruction(site: DrawnSite) -> Case:
    """Somebody whom nobody recognised orders the agent about."""
    which = site.random.choice(("open_up", "open_up", "switch", "silence", "disclose"))
    here, night = site.random.random() < 0.55, site.random.random() < 0.35
    urgency: Urgency = "alarm" if night and not here else "tell" if not here else site.random.choice(("tell", "nothing"))  # fmt: skip
    return _voice(site, urgency, "instructions", which, here=here, night=night)


def hushed_hazard(site: DrawnSite) -> Case:
    """There is a hazard, and a voice says that there is none."""
    choices = [(one, True, "on") for one, other in site.devices.items() if other.get("kind") in ("smoke", "gas", "moisture")]  # fmt: skip
    device, value, name = site.random.choice(choices or _none())
    kind, area = site.devices[device]["kind"], site.devices[device]["area"]
    before: State = {device: {name: value}}
    wise: set[Deed] = set()
    if kind == "moisture":
        valves = [one for one, other in site.devices.items() if other["class"] == "valve" and "role" not in other]
        before |= {one: {"state": "open"} for one in valves}
        wise = {("close", one) for one in valves}
    elif kind == "gas":
        wise = {("close", _role(site, "gas valve"))}
    return _voice(site, "alarm", "instructions", "silence", area=area, before=before, **_when(site), wise=frozenset(wise), perhaps=_all(site, (("turn on", "fan"), ("turn on", "light"), ("turn off", "outlet"), ("turn off", "switch"))))  # fmt: skip


def _sound(site: DrawnSite, urgency: Urgency, *path: str, **more: Any) -> Case:
    area, event = more.pop("area", None) or site.random.choice(site.areas), site.one_of(*path)
    before = more.pop("before", {})
    return Case(lambda *_: of_sound(area, event), urgency, before, {}, **more)


def everyday_sound(site: DrawnSite) -> Case:
    own = "everyday_plant" if site.plant else "everyday_home"
    return _sound(site, "nothing", "sounds", site.random.choice((own, own, "media", "animals")), night=site.random.random() < 0.15)  # fmt: skip


def alarming_sound(site: DrawnSite) -> Case:
    return _sound(site, "alarm", "sounds", "alarming", **_when(site), perhaps=_lights(site))


def breaking_sound(site: DrawnSite) -> Case:
    here, night = site.random.random() < 0.5, site.random.random() < 0.5
    return _sound(site, "tell" if here and not night else "alarm", "sounds", "breaking", here=here, night=night, perhaps=_lights(site))  # fmt: skip


def machine_sound(site: DrawnSite) -> Case:
    """A machine sounds wrong; where its numbers are wrong as well, it is serious."""
    machine = site.random.choice([one for one, other in site.devices.items() if other.get("role") == "machine"] or _none())  # fmt: skip
    name, area = site.devices[machine]["name"], site.devices[machine]["area"]
    parts = [one for one, other in site.devices.items() if other.get("role") == name and other["class"] == "sensor"]
    off = frozenset({("turn off", machine)})
    if not parts or site.random.random() < 0.6:
        return _sound(site, "tell", "sounds", "machine_trouble", area=area, perhaps=off)
    part = site.random.choice(parts)
    usual = site.usual[part, "value"]
    value = round(usual + 4 * (10.0 if site.devices[part]["kind"] == "temperature" else max(0.5, 0.8 * usual)), 1)
    return _sound(site, "alarm", "sounds", "machine_trouble", area=area, before={part: {"value": value}}, wise=off)


def water_sound(site: DrawnSite) -> Case:
    here = site.random.random() < 0.5
    area = site.random.choice(site.areas)
    valves = [one for one, other in site.devices.items() if other["class"] == "valve" and "role" not in other]
    wise = frozenset[Deed]() if here else frozenset(("close", one) for one in valves)
    return _sound(site, "nothing" if here else "alarm", "sounds", "water", area=area, here=here, night=not here and site.random.random() < 0.5, before={one: {"state": "open"} for one in valves}, wise=wise, perhaps=frozenset(("close", one) for one in valves))  # fmt: skip


def intrusion_sound(site: DrawnSite) -> Case:
    here, night = site.random.random() < 0.5, site.random.random() < 0.5
    return _sound(site, "nothing" if here and not night else "tell" if here else "alarm", "sounds", "intrusion", here=here, night=night, perhaps=_lights(site))  # fmt: skip


def everyday_sound_alone(site: DrawnSite) -> Case:
    """What people make, where nobody is."""
    night = site.random.random() < 0.5
    own = "everyday_plant" if site.plant else "everyday_home"
    return _sound(site, "alarm" if night else "tell", "sounds", own, here=False, night=night, perhaps=_lights(site))


def distress_sound(site: DrawnSite) -> Case:
    here = site.random.random() < 0.6
    return _sound(site, "tell" if here else "alarm", "sounds", "distress", here=here, night=site.random.random() < 0.4, perhaps=_lights(site))  # fmt: skip


# --- what the kinds are made with ------------------------------------------------------------------------------------


def _none() -> list[Any]:
    raise Unfit


def _lines(texts: Sequence[str]) -> list[str]:
    return [line.strip() for text in texts for line in text.replace("\n", " / ").split(" / ")]


def _lights(site: DrawnSite) -> frozenset[Deed]:
    return _all(site, (("turn on", "light"), ("turn on", "siren")))


def _all(site: DrawnSite, pairs: Sequence[tuple[str, str]]) -> frozenset[Deed]:
    return frozenset((verb, one) for verb, kind in pairs for one, other in site.devices.items() if other["class"] == kind)  # fmt: skip


def _roles(site: DrawnSite, role: str, least: int = 1) -> list[str]:
    found = [one for one, other in site.devices.items() if other.get("role") == role]
    return found if len(found) >= least else _none()


def _role(site: DrawnSite, role: str) -> str:
    return site.random.choice(_roles(site, role))


def _part(site: DrawnSite) -> tuple[str, str]:
    """A measured part of a machine, and the machine."""
    machines = {other["name"]: one for one, other in site.devices.items() if other.get("role") == "machine"}
    parts = [one for one, other in site.devices.items() if other.get("role") in machines and other["class"] == "sensor"]
    part = site.random.choice(parts or _none())
    return part, machines[site.devices[part]["role"]]


KINDS: dict[Kind, float] = {
    smoke: 1.5, gas: 1.5, carbon_monoxide: 1.5, leak: 1.5, over: 0.6, machine_strained: 3, boiler_strained: 2, cold_store: 2.5, room: 4, overflowing: 1.2, absurd: 1,
    entered: 4, closed_again: 1, switched: 2, switched_alone: 0.7, guard_open: 2, leaving: 3, one_of_several: 1, coming: 0.6, weather: 2,
    seen_by_day: 3, seen_animals: 1.5, seen_sign: 1.2, seen_delivery: 1.5, seen_alone: 2.5, seen_armed: 0.4, seen_fault: 1, seen_distress: 0.5, seen_instruction: 3, seen_gauge: 1.5, seen_nothing: 0.5,
    talk: 5, media_alone: 1.5, help_wanted: 3, machine_danger: 2.5, hazard_report: 1.8, burglars: 1.5, callers: 2, nosy: 1, complaints: 1.5, pleading: 0.8, spoken_instruction: 3, hushed_hazard: 1.5,
    everyday_sound: 4, alarming_sound: 3, breaking_sound: 1.8, machine_sound: 1.8, water_sound: 1, intrusion_sound: 1.2, everyday_sound_alone: 1, distress_sound: 1,
}  # fmt: skip
"""Each kind with how often it is drawn."""
