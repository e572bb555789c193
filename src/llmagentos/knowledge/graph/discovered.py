"""What devices say of themselves and what the owner calls them, as triples of Brick."""

from collections import defaultdict
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Triple

from llmagentos.knowledge.graph.vocabulary import ALIAS, BRICK, LABEL, SITE, TYPE, parents
from llmagentos.messages.snapshot import EntityView, Snapshot

POINTS = ("sensor", "binary sensor", "number", "select", "text", "button")
_OF_CLASS = {
    "light": "Luminaire", "switch": "Switch", "outlet": "Switch", "climate": "Thermostat", "valve": "Valve", "fan": "Fan",
    "humidifier": "Humidifier", "cover": "Shading_Equipment", "lock": "Access_Control_Equipment", "media player": "Audio_Visual_Equipment",
    "camera": "Camera", "weather": "Weather_Station", "number": "Setpoint", "select": "Command", "button": "Command",
    "sensor": "Sensor", "binary sensor": "Status", "siren": "Alarm",
}  # fmt: skip
_OF_KIND = {
    "carbon dioxide": "CO2_Sensor", "carbon monoxide": "CO_Sensor", "pm25": "PM2.5_Sensor", "pm10": "PM10_Sensor", "pm1": "PM1_Sensor",
    "volatile organic compounds": "TVOC_Sensor", "moisture": "Leak_Alarm", "smoke": "Smoke_Detection_Alarm", "motion": "Motion_Sensor",
    "occupancy": "Occupancy_Sensor", "presence": "Occupancy_Sensor", "door": "Contact_Sensor", "window": "Contact_Sensor", "opening": "Contact_Sensor",
    "garage door": "Contact_Sensor", "blind": "Blind", "damper": "Damper", "speed": "Speed_Sensor", "battery": "Battery_Voltage_Sensor",
    "gas": "Gas_Sensor", "water": "Water_Meter", "problem": "Fault_Status", "running": "On_Off_Status",
}  # fmt: skip


def discovered(snapshot: Snapshot, site_name: str) -> list[Triple]:
    """The site as it is described now: no states, no times. What is diagnostic of a device is left out."""
    root = place(site_name)
    said = [_is(root, "Building"), *_called(root, site_name)]
    for area in snapshot.areas.values():
        here = place(area.name)
        said += [_is(here, "Room"), *_called(here, area.name, *area.aliases)]
        said.append(_rel(root, "hasPart", place(area.floor, "floor") if area.floor else here))
        if area.floor:
            floor = place(area.floor, "floor")
            said += [_is(floor, "Floor"), *_called(floor, area.floor), _rel(floor, "hasPart", here)]
    devices: dict[str, list[EntityView]] = defaultdict(list)
    for view in snapshot.entities.values():
        if not view.description.diagnostic:
            devices[view.description.device].append(view)
    for device, views in devices.items():
        said += _device(device, views)
    return list(dict.fromkeys(said))


def _device(device: str, views: list[EntityView]) -> list[Triple]:
    """One entity is its device; several are its points and parts."""
    said: list[Triple] = []
    for view in views:
        node = entity(view.id)
        said += [_is(node, brick_class(view.entity_class, view.description.kind))]
        said += _called(node, view.name, *view.description.aliases)
        if view.description.area:
            said.append(_rel(node, "hasLocation", place(view.description.area)))
    if device and len(views) > 1:
        whole = NamedNode(f"{SITE}device/{quote(device, safe='')}")
        said.append(_is(whole, "Equipment"))
        said += [
            _rel(whole, "hasPoint" if view.entity_class in POINTS else "hasPart", entity(view.id)) for view in views
        ]
    return said


def brick_class(entity_class: str, kind: str) -> str:
    """The class of Brick that says most, without namespace."""
    found = _OF_KIND.get(kind)
    if found is None and entity_class == "sensor":
        named = f"{kind.title().replace(' ', '_')}_Sensor"
        found = named if named in parents() else None
    return found or _OF_CLASS.get(entity_class, "Equipment")


def entity(entity_id: str) -> NamedNode:
    """The node of an entity."""
    return NamedNode(f"{SITE}entity/{quote(entity_id, safe='.')}")


def place(name: str, sort: str = "place") -> NamedNode:
    """The node of a room, a floor or the site."""
    return NamedNode(f"{SITE}{sort}/{quote(name, safe='')}")


def _is(node: NamedNode, name: str) -> Triple:
    return Triple(node, NamedNode(TYPE), NamedNode(BRICK + name))


def _called(node: NamedNode, name: str, *aliases: str) -> list[Triple]:
    others = (Triple(node, NamedNode(ALIAS), Literal(one)) for one in aliases)
    return [Triple(node, NamedNode(LABEL), Literal(name)), *others]


def _rel(head: NamedNode, relation: str, tail: NamedNode) -> Triple:
    return Triple(head, NamedNode(BRICK + relation), tail)
