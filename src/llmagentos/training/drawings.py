"""Buildings and plants as others draw them up, with the odd names they give: air handlers and boxes over floors, chillers in a loop."""

import random
from dataclasses import dataclass, field

from llmagentos.knowledge.graph.links import Links, site_links
from llmagentos.messages.snapshot import SiteLinks

_HANDLERS = (
    "ahu_A{n}",
    "AHU-{n}",
    "AHU{n:02}",
    "RTU-{n}",
    "ahu_{n}",
    "AC-{n}",
    "B1.AHU{n}",
    "Air Handler {n}",
    "KT-{n}",
    "AHU_{l}{n}",
)
_BOXES = ("vav_{r}", "VAV-{r}", "VAV_{r}", "vav{r}", "TU-{r}", "VAV {r}", "box_{r}", "FPB-{r}")
_ZONES = ("hvac_zone_{r}", "Zone {r}", "ZN-{r}", "zone_{r}", "zone-{r}")
_ROOMS = ("room_{r}", "Room {r}", "RM-{r}", "rm{r}", "Office {r}", "{r}")
_FLOORS = ("floor_{f}", "Floor {f}", "L{f}", "level-{f}", "F{f}")
_NUMBERS = ("{f}{n:02}", "{l}{f}{n:02}", "{f}-{n}", "{l}{f}{n:02}A", "{n:03}")
_POINTS = (
    ("Zone_Air_Temperature_Sensor", ("temp_sensor_{x}", "{x}.ZNT", "{x}_zone_temp", "{x}-T")), ("Supply_Air_Flow_Sensor", ("flow_sensor_{x}", "{x}.FLOW", "{x}_airflow", "{x}-F")),
    ("Zone_Air_Temperature_Setpoint", ("temp_setpoint_{x}", "{x}.SP", "{x}_zone_setpoint", "{x}-SP")), ("Damper_Position_Command", ("damper_{x}", "{x}.DPR", "{x}_damper_cmd")),
    ("Reheat_Command", ("reheat_{x}", "{x}.RHT", "{x}_reheat_valve")), ("CO2_Sensor", ("co2_{x}", "{x}.CO2")),
)  # fmt: skip
_OF_HANDLERS = (
    ("Supply_Air_Temperature_Sensor", ("{x}_sat", "{x}.SAT")), ("Return_Air_Temperature_Sensor", ("{x}_rat", "{x}.RAT")), ("Outside_Air_Temperature_Sensor", ("{x}_oat", "{x}.OAT")),
    ("Smoke_Alarm", ("{x}_smoke_alarm", "{x}.SMK")), ("Start_Stop_Status", ("{x}_status", "{x}.SS")),
)  # fmt: skip
_LOOP = (
    ("Chiller", ("ch-{n}", "CH{n}", "Chiller {n}", "CHR-0{n}", "LS-{n}")), ("Cooling_Tower", ("ct-{n}", "CT{n}", "Tower {n}", "CT-0{n}")),
    ("Condenser_Water_Pump", ("cwp-{n}", "CWP{n}", "CWP-0{n}", "pump C{n}")), ("Chilled_Water_Pump", ("chwp-{n}", "CHWP{n}", "PCHWP-{n}", "pump P{n}")),
)  # fmt: skip


@dataclass
class _Sheet:
    """What is drawn so far."""

    classes: dict[str, str] = field(default_factory=dict)
    links: set[tuple[str, str, str]] = field(default_factory=set)

    def put(self, name: str, kind: str, *links: tuple[str, str]) -> str:
        """A thing, and relation and beginning of what is linked to it."""
        self.classes[name] = kind
        self.links |= {(head, relation, name) for head, relation in links}
        return name


def drawing(random_: random.Random) -> SiteLinks:
    """A small building, a plant, or both."""
    sheet, chance = _Sheet(), random_.random()
    if chance < 0.75:
        _building(sheet, random_)
    if chance > 0.6:
        _plant(sheet, random_)
    known = site_links(Links(sheet.classes, tuple(sorted(sheet.links)), {}))
    assert known is not None
    return known


def _building(sheet: _Sheet, random_: random.Random) -> None:
    style = {name: random_.choice(each) for name, each in (("ahu", _HANDLERS), ("vav", _BOXES), ("zone", _ZONES), ("room", _ROOMS), ("floor", _FLOORS), ("number", _NUMBERS))}  # fmt: skip
    letter = random_.choice("ABCRN")
    handlers = [sheet.put(style["ahu"].format(n=n, l=letter), "AHU") for n in range(1, random_.randint(2, 5))]
    points = [(kind, random_.choice(names)) for kind, names in random_.sample(_POINTS, random_.randint(2, 5))]
    for handler in handlers:
        for kind, names in random_.sample(_OF_HANDLERS, random_.randint(0, 3)):
            sheet.put(names[0].format(x=handler), kind, (handler, "hasPoint"))
    building = sheet.put(random_.choice(("building_1", "HQ", "Main Building", "Plant 2")), "Building")
    for f in range(1, random_.randint(2, 5)):
        floor = sheet.put(style["floor"].format(f=f), "Floor", (building, "hasPart"))
        for n in range(1, random_.randint(2, 7)):
            number = style["number"].format(f=f, n=n if "{f}" in style["number"] else f * 10 + n, l=letter)
            _room(sheet, number, style, floor, random_.choice(handlers), points, random_)


def _room(
    sheet: _Sheet, number: str, style: dict[str, str], floor: str, handler: str, points: list[tuple[str, str]], random_: random.Random
) -> None:  # fmt: skip
    fed = [(handler, "feeds")] if random_.random() < 0.93 else []
    box = sheet.put(style["vav"].format(r=number), "VAV", *fed)
    zone = sheet.put(style["zone"].format(r=number), "HVAC_Zone", (box, "feeds"))
    sheet.put(style["room"].format(r=number), "Room", (zone, "hasPart"), (floor, "hasPart"))
    named = zone if random_.random() < 0.5 else box
    for kind, name in points:
        if random_.random() < 0.85:
            sheet.put(name.format(x=named), kind, (box, "hasPoint"))


def _plant(sheet: _Sheet, random_: random.Random) -> None:
    """Chillers feed a coil and towers, towers the condenser water pumps, these the chillers, the coil its pumps, these the chillers."""
    named = {kind: random_.choice(names) for kind, names in _LOOP}
    whole = sheet.put(random_.choice(("cws", "Chiller Plant", "CHW-System", "cooling plant")), "Chilled_Water_System")
    sorts = {kind: [sheet.put(named[kind].format(n=n), kind, (whole, "hasPart")) for n in range(1, random_.randint(3, 5))] for kind, _ in _LOOP}  # fmt: skip
    coil = sheet.put(random_.choice(("chw-coil", "CHW Coil", "cooling coil 1")), "Chilled_Water_Coil", (whole, "hasPart"))  # fmt: skip
    chillers, towers, condenser, chilled = (sorts[kind] for kind, _ in _LOOP)
    for chiller in chillers:
        sheet.links |= {(chiller, "feeds", coil), *((chiller, "feeds", tower) for tower in towers)}
        sheet.links |= {(pump, "feeds", chiller) for pump in (*condenser, *chilled)}
    sheet.links |= {(tower, "feeds", pump) for tower in towers for pump in condenser}
    sheet.links |= {(coil, "feeds", pump) for pump in chilled}
