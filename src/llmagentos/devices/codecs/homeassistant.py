"""Home Assistant's MQTT discovery: retained configs describe entities, their topics carry states and commands.

Single-component configs (`<prefix>/<component>/[<node>/]<object>/config`) and device-based ones
(`<prefix>/device/[<node>/]<object>/config`), abbreviations, `~`, availability lists and modes, templates.
Source: home-assistant.io, "MQTT discovery".
"""

from collections.abc import Callable
from typing import Any

from llmagentos.devices.codecs.abbreviations import expand, expand_base
from llmagentos.devices.codecs.channels import Entity, describe
from llmagentos.devices.codecs.discovery.components import COMPONENTS
from llmagentos.devices.codecs.discovery.config import Config
from llmagentos.devices.codecs.payloads import json_of, slug, text_of
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
    Subscribe,
)
from llmagentos.devices.codecs.templates import Template, TemplateRefused
from llmagentos.messages.records import Command, EntityDescription

MAX_ENTITIES = 20_000


class HomeAssistantCodec:
    """State: the entities by id, which config topic made them, and who listens to which topic."""

    def __init__(self, prefix: str = "homeassistant") -> None:
        self._prefix = prefix
        self._entities: dict[str, Entity] = {}
        self._by_config: dict[str, tuple[str, ...]] = {}
        self._by_topic: dict[str, list[str]] = {}
        self._online: dict[str, dict[str, bool]] = {}

    @property
    def interests(self) -> tuple[str, ...]:
        return (f"{self._prefix}/+/+/config", f"{self._prefix}/+/+/+/config")

    def owns(self, entity: str) -> bool:
        return entity in self._entities

    def encode(self, command: Command) -> list[Publish]:
        entity = self._entities.get(command.entity)
        if entity is None:
            raise CannotEncode(f"no entity {command.entity}")
        try:
            messages = entity.encode(command)
        except TemplateRefused as error:
            raise CannotEncode(f"the device's command template failed: {error}") from error
        if not messages:
            raise CannotEncode(f"{entity.description.name} cannot {command.verb}")
        return messages

    def receive(self, topic: str, payload: bytes, now: float) -> list[Output]:
        if len(payload) > MAX_PAYLOAD:
            return [Rejected(topic, "payload too large")]
        if topic.startswith(f"{self._prefix}/") and topic.endswith("/config"):
            try:
                return self._configure(topic, payload)
            except (TemplateRefused, ValueError, TypeError, RecursionError) as error:
                return [*self._remove(topic), Rejected(topic, str(error))]
        outputs: list[Output] = []
        text = text_of(payload)
        for entity_id in self._by_topic.get(topic, ()):
            entity = self._entities[entity_id]
            if topic in entity.availability:
                outputs += self._available(entity, topic, text)
            outputs += entity.receive(topic, text)
        return outputs

    def _available(self, entity: Entity, topic: str, text: str) -> list[Output]:
        try:
            online = entity.availability[topic](text)
        except TemplateRefused as error:
            return [Rejected(topic, str(error))]
        if online is None:
            return []
        known = self._online.setdefault(entity.description.id, {})
        known[topic] = online
        if entity.availability_mode == "all":
            online = len(known) == len(entity.availability) and all(known.values())
        elif entity.availability_mode == "any":
            online = any(known.values())
        return [Availability(entity.description.id, online)]

    def _configure(self, topic: str, payload: bytes) -> list[Output]:
        parts = topic[len(self._prefix) + 1 : -len("/config")].split("/")
        if not payload.strip():
            return self._remove(topic)
        data = json_of(payload)
        if not isinstance(data, dict):
            return [Rejected(topic, "a config is a JSON object")]
        component, object_id = parts[0], parts[-1]
        config = expand(data)
        if component == "device":
            return self._configure_device(topic, object_id, config)
        if component not in COMPONENTS:
            return [Rejected(topic, f"component {component[:40]} has no class here")]
        return self._register(topic, [self._entity(component, object_id, config)])

    def _configure_device(self, topic: str, object_id: str, config: dict[str, Any]) -> list[Output]:
        components = config.get("components")
        if not isinstance(components, dict) or not components:
            return [*self._remove(topic), Rejected(topic, "a device config needs components")]
        shared = {key: value for key, value in config.items() if key != "components"}
        entities, rejected = [], []
        for key, own in components.items():
            platform = own.get("platform")
            if platform not in COMPONENTS or len(own) == 1:  # only a platform: the component is being removed
                continue
            try:
                entities.append(self._entity(platform, f"{object_id}_{key}", {**shared, **own}))
            except TemplateRefused as error:
                rejected.append(Rejected(topic, f"{key}: {error}"))
        return [*self._register(topic, entities), *rejected]

    def _entity(self, component: str, object_id: str, raw: dict[str, Any]) -> Entity:
        config = Config(expand_base(raw))
        entity_class, build = COMPONENTS[component]
        kind = config.text("device_class").replace("_", " ")
        if entity_class == "switch" and kind == "outlet":
            entity_class, kind = "outlet", ""
        device = raw.get("device") if isinstance(raw.get("device"), dict) else {}
        assert isinstance(device, dict)
        own_id = (
            config.text("default_entity_id").partition(".")[2] or config.text("object_id") or config.text("unique_id")
        )
        area = device.get("suggested_area")
        description = EntityDescription(
            id=f"{component}.{slug(own_id or object_id)}", entity_class=entity_class, kind=kind[:60],
            name=_name(config.text("name"), device, object_id), device=_device_id(device, object_id),
            area=area[:MAX_NAME] if isinstance(area, str) and area else None,
            diagnostic=config.text("entity_category") in ("diagnostic", "config"),
        )  # fmt: skip
        return describe(description, build(config), _availability(config), config.text("availability_mode", "latest"))

    def _register(self, topic: str, entities: list[Entity]) -> list[Output]:
        if len(self._entities) + len(entities) > MAX_ENTITIES:
            return [Rejected(topic, f"more than {MAX_ENTITIES} entities")]
        before = set(self._by_config.get(topic, ()))
        self._forget(topic)
        kept = []
        for entity in entities:
            if entity.channels and entity.description.id not in self._entities:
                self._entities[entity.description.id] = entity
                kept.append(entity)
        self._by_config[topic] = tuple(one.description.id for one in kept)
        outputs: list[Output] = [Gone(one) for one in sorted(before - set(self._by_config[topic]))]
        outputs += [Described(one.description) for one in kept]
        for entity in kept:
            for wanted in sorted(entity.topics()):
                self._by_topic.setdefault(wanted, []).append(entity.description.id)
                outputs.append(Subscribe(wanted))
        if len(kept) < len(entities):
            outputs.append(Rejected(topic, "an entity without a usable topic, or an id that is taken"))
        return outputs

    def _forget(self, topic: str) -> None:
        for entity_id in self._by_config.pop(topic, ()):
            entity = self._entities.pop(entity_id)
            self._online.pop(entity_id, None)
            for wanted in entity.topics():
                listeners = self._by_topic[wanted]
                listeners.remove(entity_id)
                if not listeners:
                    del self._by_topic[wanted]

    def _remove(self, topic: str) -> list[Output]:
        gone = self._by_config.get(topic, ())
        self._forget(topic)
        return [Gone(one) for one in gone]


def _name(own: str, device: dict[str, Any], object_id: str) -> str:
    """Home Assistant's rule: the device's name leads, unless the entity's own name already starts with it."""
    device_name = device.get("name")
    lead = device_name if isinstance(device_name, str) else ""
    own = "" if own == "None" else own
    if lead and own and not own.casefold().startswith(lead.casefold()):
        return f"{lead} {own}"[:MAX_NAME]
    return (own or lead or object_id)[:MAX_NAME]


def _device_id(device: dict[str, Any], object_id: str) -> str:
    identifiers = device.get("identifiers")
    first = identifiers[0] if isinstance(identifiers, list) and identifiers else identifiers
    return slug(str(first)) if isinstance(first, str | int) else slug(object_id)


def _availability(config: Config) -> dict[str, Callable[[str], bool | None]]:
    entries = config.fields.get("availability")
    if isinstance(entries, dict):
        entries = [entries]
    if not isinstance(entries, list):
        entries = [{"topic": config.fields.get("availability_topic"), "value_template": config.text("availability_template"),
                    "payload_available": config.text("payload_available", "online"),
                    "payload_not_available": config.text("payload_not_available", "offline")}]  # fmt: skip
    tests: dict[str, Callable[[str], bool | None]] = {}
    for entry in entries[:20]:
        one = Config(entry if isinstance(entry, dict) else {})
        topic = one.topic("topic")
        if topic is not None:
            tests[topic] = _online_test(one)
    return tests


def _online_test(entry: Config) -> Callable[[str], bool | None]:
    yes, no = entry.text("payload_available", "online"), entry.text("payload_not_available", "offline")
    source = entry.text("value_template")
    template = Template(source) if source else None

    def test(payload: str) -> bool | None:
        text = template.render(payload) if template else payload
        return True if text == yes else False if text == no else None

    return test
