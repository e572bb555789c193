"""The air handlers of a graph, with the signals of their points: what diagnosis needs to know of where readings come from.

A point says by Brick's references which signal it is: `ref:hasExternalReference [ ref:hasTimeseriesId "ENTITY" ]`, or `"ENTITY PROPERTY"`. A point that
is called as an entity, or is one, is that entity.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from pyoxigraph import Literal, NamedNode, Triple

from llmagentos.knowledge.graph.vocabulary import BRICK, LABEL, SITE, TYPE, forwards, is_kind_of, short

REF = "https://brickschema.org/schema/Brick/ref#"
Signal = tuple[str, str]
"""Entity and property."""
OF_HANDLER = {
    "outdoor temperature": ("Outside_Air_Temperature_Sensor",), "mixed temperature": ("Mixed_Air_Temperature_Sensor",),
    "supply temperature": ("Supply_Air_Temperature_Sensor", "Discharge_Air_Temperature_Sensor"), "return temperature": ("Return_Air_Temperature_Sensor",),
    "supply set-point": ("Supply_Air_Temperature_Setpoint", "Discharge_Air_Temperature_Setpoint"), "outdoor damper": ("Damper_Command",),
    "heating valve": ("Heating_Command",), "cooling valve": ("Cooling_Command",), "fan": ("On_Off_Status", "Fan_Status"),
    "filter pressure": ("Filter_Differential_Pressure_Sensor",), "phase": ("Current_Sensor",),
}  # fmt: skip
OF_ROOM = {
    "temperature": ("Zone_Air_Temperature_Sensor",), "set-point": ("Zone_Air_Temperature_Setpoint", "Target_Zone_Air_Temperature_Setpoint"),
    "flow": ("Supply_Air_Flow_Sensor", "Discharge_Air_Flow_Sensor"), "damper": ("Damper_Command",), "reheat valve": ("Reheat_Command", "Heating_Command"),
}  # fmt: skip
"""What a point is to diagnosis, by the classes it may be of."""


@dataclass(frozen=True)
class AirHandler:
    """Signals by point; rooms by the name of what is fed through the box."""

    name: str
    points: dict[str, Signal]
    rooms: dict[str, dict[str, Signal]]


def air_handlers(triples: Iterable[Triple], known: Callable[[str], Signal | None]) -> list[AirHandler]:
    """In the order of their names. `known`: the signal of an entity by its id or name, None for what is no entity."""
    graph = _Graph(triples)
    found = []
    for node in sorted(graph.of_class("AHU"), key=lambda one: one.value):
        boxes = sorted(graph.linked[node, "feeds"], key=lambda one: one.value)
        rooms = {graph.name(_fed(graph, box)): graph.signals(_points(graph, box), OF_ROOM, known) for box in boxes}
        handler = AirHandler(graph.name(node), graph.signals(_points(graph, node), OF_HANDLER, known), {name: one for name, one in rooms.items() if one})  # fmt: skip
        if handler.points or handler.rooms:
            found.append(handler)
    return found


def _points(graph: "_Graph", node: NamedNode) -> list[NamedNode]:
    """Of the thing itself, of its parts, and of the zone it feeds."""
    things = [node, *graph.linked[node, "hasPart"], *(one for one in graph.linked[node, "feeds"] if graph.is_a(one, "HVAC_Zone"))]  # fmt: skip
    return sorted({point for thing in things for point in graph.linked[thing, "hasPoint"]}, key=lambda one: one.value)


def _fed(graph: "_Graph", box: NamedNode) -> NamedNode:
    return next((one for one in graph.linked[box, "feeds"] if graph.is_a(one, "HVAC_Zone") or graph.is_a(one, "Room")), box)  # fmt: skip


class _Graph:
    """Triples by what is asked of them."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.linked: dict[tuple[NamedNode, str], list[NamedNode]] = defaultdict(list)
        self._classes: dict[NamedNode, set[str]] = defaultdict(set)
        self._texts: dict[tuple[NamedNode, str], str] = {}
        for one in triples:
            subject, name, value = one.subject, one.predicate.value, one.object
            if not isinstance(subject, NamedNode):
                continue
            if isinstance(value, Literal):
                self._texts[subject, name] = value.value
            elif name == TYPE and isinstance(value, NamedNode):
                self._classes[subject].add(short(value.value))
            elif name.startswith((BRICK, REF)) and isinstance(value, NamedNode):
                head, relation, tail = forwards(subject.value, short(name), value.value)
                self.linked[NamedNode(head), relation].append(NamedNode(tail))

    def of_class(self, kind: str) -> list[NamedNode]:
        return [node for node in self._classes if self.is_a(node, kind)]

    def is_a(self, node: NamedNode, kind: str) -> bool:
        return any(is_kind_of(one, kind) for one in self._classes.get(node, ()))

    def name(self, node: NamedNode) -> str:
        return self._texts.get((node, LABEL)) or short(node.value)

    def signals(
        self,
        points: Iterable[NamedNode],
        wanted: dict[str, tuple[str, ...]],
        known: Callable[[str], Signal | None],
    ) -> dict[str, Signal]:
        """By what they are to diagnosis; of several currents the phases."""
        found: dict[str, Signal] = {}
        for point in points:
            name = next((one for one, kinds in wanted.items() if any(self.is_a(point, kind) for kind in kinds)), None)
            signal = self._signal(point, known)
            if name is None or signal is None:
                continue
            if name == "phase":
                name = f"phase {1 + sum(one.startswith('phase') for one in found)}"
            found.setdefault(name, signal)
        return found

    def _signal(self, point: NamedNode, known: Callable[[str], Signal | None]) -> Signal | None:
        for reference in (point, *self.linked[point, "hasExternalReference"]):
            text = self._texts.get((reference, f"{REF}hasTimeseriesId"))
            if text is not None:
                entity, _, name = text.partition(" ")
                return (entity, name) if name else known(entity) or (entity, "value")
        if point.value.startswith(f"{SITE}entity/"):
            return known(unquote(point.value.removeprefix(f"{SITE}entity/")))
        return known(self.name(point))
