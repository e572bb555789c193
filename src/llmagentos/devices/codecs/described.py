"""Our own description topic, for what Home Assistant's discovery has no class for: media players, lists, people,
weather, calendars, and anything that can describe itself in the site's own words.

    agentos/<id>/describe   retained JSON: {"class", "name", "area"?, "kind"?, "aliases"?, "properties": {name: {...}}}
    agentos/<id>/state      JSON object of property -> value; what it leaves out is unchanged
    agentos/<id>/set        JSON object of property -> value, from us
    agentos/<id>/do         JSON {"action": name, ...arguments}, from us; never retained, never repeated
    agentos/<id>/availability   online | offline

A property is {"kind": bool|number|enum|text|json|action, "unit"?, "min"?, "max"?, "step"?, "options"?, "writable"?}.
An empty describe payload removes the entity. Ids are lower-case letters, digits, `_`, `.` and `-`.
"""

import json
from typing import Any, cast

from llmagentos.devices.codecs.channels import check
from llmagentos.devices.codecs.payloads import UNKNOWN, Decoded, json_of, number_of, slug, text_of
from llmagentos.devices.codecs.port import (
    MAX_NAME,
    MAX_PAYLOAD,
    Availability,
    CannotEncode,
    Described,
    Gone,
    Output,
    Publish,
    Rejected,
    Reported,
)
from llmagentos.language.vocabulary import CLASSES
from llmagentos.messages.records import Command, EntityDescription, Property, PropertyKind
from llmagentos.messages.values import Json

MAX_PROPERTIES = 100
KINDS = ("bool", "number", "enum", "text", "json", "action")


class DescribedCodec:
    """State: descriptions by entity id; the id is the topic's."""

    def __init__(self, base: str = "agentos") -> None:
        self._base = base
        self._entities: dict[str, EntityDescription] = {}

    @property
    def interests(self) -> tuple[str, ...]:
        return tuple(f"{self._base}/+/{leaf}" for leaf in ("describe", "state", "availability"))

    def owns(self, entity: str) -> bool:
        return entity in self._entities

    def receive(self, topic: str, payload: bytes, now: float) -> list[Output]:
        parts = topic.split("/")
        if len(parts) != 3 or parts[0] != self._base:
            return []
        if len(payload) > MAX_PAYLOAD or parts[1] != slug(parts[1]):
            return [Rejected(topic, "payload too large or id malformed")]
        if parts[2] == "describe":
            return self._describe(topic, parts[1], payload)
        entity = self._entities.get(parts[1])
        if entity is None:
            return []
        if parts[2] == "availability":
            word = text_of(payload)
            return [Availability(entity.id, word == "online")] if word in ("online", "offline") else []
        return self._state(topic, entity, payload) if parts[2] == "state" else []

    def encode(self, command: Command) -> list[Publish]:
        entity = self._entities.get(command.entity)
        prop = entity.property(command.property) if entity else None
        if entity is None or prop is None or not prop.writable:
            raise CannotEncode(f"{command.entity} has no {command.property} that can be set")
        if prop.kind == "action":
            arguments = command.value if isinstance(command.value, dict) else {}
            return [
                Publish(
                    f"{self._base}/{entity.id}/do", json.dumps({"action": prop.name, **arguments}, ensure_ascii=False)
                )
            ]
        check(prop, command.value)
        return [Publish(f"{self._base}/{entity.id}/set", json.dumps({prop.name: command.value}, ensure_ascii=False))]

    def _describe(self, topic: str, entity_id: str, payload: bytes) -> list[Output]:
        if not payload.strip():
            return [Gone(entity_id)] if self._entities.pop(entity_id, None) else []
        data = json_of(payload)
        if (
            not isinstance(data, dict)
            or data.get("class") not in CLASSES
            or not isinstance(data.get("properties"), dict)
        ):
            return [Rejected(topic, f"a description needs properties and a class out of {', '.join(CLASSES)}")]
        entity = self._entity(entity_id, data)
        self._entities[entity_id] = entity
        return [Described(entity)]

    def _entity(self, entity_id: str, data: dict[str, Any]) -> EntityDescription:
        aliases = data.get("aliases")
        area = data.get("area")
        properties = list(data["properties"].items())[:MAX_PROPERTIES]
        return EntityDescription(
            id=entity_id, entity_class=data["class"], device=slug(str(data.get("device") or entity_id)),
            name=str(data.get("name") or entity_id)[:MAX_NAME], kind=str(data.get("kind") or "")[:60],
            area=area[:MAX_NAME] if isinstance(area, str) and area else None,
            aliases=tuple(str(one)[:MAX_NAME] for one in aliases[:20]) if isinstance(aliases, list) else (),
            properties=tuple(_property(str(name)[:60], shape) for name, shape in properties if isinstance(shape, dict)),
            diagnostic=data.get("diagnostic") is True,
        )  # fmt: skip

    def _state(self, topic: str, entity: EntityDescription, payload: bytes) -> list[Output]:
        data = json_of(payload)
        if not isinstance(data, dict):
            return [Rejected(topic, "a state is a JSON object")]
        outputs: list[Output] = []
        for name, value in list(data.items())[:MAX_PROPERTIES]:
            prop = entity.property(str(name))
            decoded = _decode(prop, value) if prop else UNKNOWN
            if decoded is UNKNOWN:
                outputs.append(Rejected(topic, f"{str(name)[:60]} does not fit its description"))
            else:
                outputs.append(Reported(entity.id, str(name), cast(Json, decoded)))
        return outputs


def _property(name: str, shape: dict[str, Any]) -> Property:
    kind: PropertyKind = shape["kind"] if shape.get("kind") in KINDS else "text"
    options = shape.get("options")

    def bound(key: str) -> float | None:
        value = number_of(shape.get(key))
        return value if isinstance(value, float) else None

    return Property(
        name=name, kind=kind, unit=str(shape.get("unit") or "")[:20], minimum=bound("min"), maximum=bound("max"),
        step=bound("step"), options=tuple(str(one)[:MAX_NAME] for one in options[:200]) if isinstance(options, list) else (),
        readable=kind != "action", writable=shape.get("writable") is True or kind == "action",
    )  # fmt: skip


def _decode(prop: Property, value: Any) -> Decoded:
    if value is None:
        return None
    if prop.kind == "bool":
        return value if isinstance(value, bool) else UNKNOWN
    if prop.kind == "number":
        return number_of(value)
    if prop.kind in ("enum", "text"):
        return value[:1_000] if isinstance(value, str) else UNKNOWN
    return value if prop.kind == "json" else UNKNOWN
