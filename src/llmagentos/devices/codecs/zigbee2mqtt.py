"""Zigbee2MQTT's own topics: `bridge/devices` describes, `<name>` reports, `<name>/set` commands, `<name>/availability`.

Friendly names may hold spaces, slashes and any script. Source: zigbee2mqtt.io, "MQTT topics and messages".
"""

from typing import Any

from llmagentos.devices.codecs.channels import Entity
from llmagentos.devices.codecs.exposes import entities
from llmagentos.devices.codecs.payloads import json_of, slug, text_of
from llmagentos.devices.codecs.port import (
    MAX_PAYLOAD,
    Availability,
    CannotEncode,
    Described,
    Gone,
    Output,
    Publish,
    Rejected,
)
from llmagentos.messages.records import Command

MAX_DEVICES = 2_000


class Zigbee2MqttCodec:
    """State: entities by id and by the device topic that reports them."""

    def __init__(self, base: str = "zigbee2mqtt") -> None:
        self._base = base
        self._entities: dict[str, Entity] = {}
        self._by_topic: dict[str, list[Entity]] = {}
        self._bridge_online = True

    @property
    def interests(self) -> tuple[str, ...]:
        return (f"{self._base}/#",)

    def owns(self, entity: str) -> bool:
        return entity in self._entities

    def encode(self, command: Command) -> list[Publish]:
        entity = self._entities.get(command.entity)
        if entity is None:
            raise CannotEncode(f"no entity {command.entity}")
        return entity.encode(command)

    def receive(self, topic: str, payload: bytes, now: float) -> list[Output]:
        if not topic.startswith(f"{self._base}/"):
            return []
        if len(payload) > MAX_PAYLOAD:
            return [Rejected(topic, "payload too large")]
        name = topic[len(self._base) + 1 :]
        if name == "bridge/devices":
            return self._devices(topic, payload)
        if name == "bridge/state":
            return self._bridge(text_of(payload))
        if name.startswith("bridge/") or name.endswith(("/set", "/get")):
            return []
        if name.endswith("/availability"):
            return self._availability(topic.removesuffix("/availability"), text_of(payload))
        text = text_of(payload)
        return [output for entity in self._by_topic.get(topic, ()) for output in entity.receive(topic, text)]

    def _devices(self, topic: str, payload: bytes) -> list[Output]:
        data = json_of(payload)
        if not isinstance(data, list) or len(data) > MAX_DEVICES:
            return [Rejected(topic, f"expected a list of at most {MAX_DEVICES} devices")]
        before, outputs = set(self._entities), []
        self._entities, self._by_topic = {}, {}
        rejected: list[Output] = []
        for device in data:
            try:
                self._device(device)
            except (ValueError, TypeError, KeyError, ArithmeticError, RecursionError) as error:
                rejected.append(Rejected(topic, f"a device could not be read: {error}"))
        outputs += [Gone(one) for one in sorted(before - set(self._entities))]
        return [*outputs, *(Described(one.description) for one in self._entities.values()), *rejected]

    def _device(self, device: Any) -> None:
        if not isinstance(device, dict) or device.get("type") == "Coordinator" or device.get("disabled") is True:
            return
        definition, name = device.get("definition"), device.get("friendly_name")
        if not isinstance(definition, dict) or not isinstance(name, str) or not name:
            return
        exposes = definition.get("exposes")
        topic = f"{self._base}/{name}"
        address = slug(str(device.get("ieee_address") or name))
        made = entities(address, name.replace("/", " "), None, exposes if isinstance(exposes, list) else [], topic)
        self._entities.update({one.description.id: one for one in made})
        self._by_topic[topic] = made

    def _bridge(self, text: str) -> list[Output]:
        data = json_of(text)
        word = data.get("state") if isinstance(data, dict) else text
        online = word != "offline"
        if online == self._bridge_online:
            return []
        self._bridge_online = online
        return [Availability(one, online) for one in self._entities]

    def _availability(self, topic: str, text: str) -> list[Output]:
        data = json_of(text)
        word = data.get("state") if isinstance(data, dict) else text
        if word not in ("online", "offline"):
            return []
        return [Availability(one.description.id, word == "online") for one in self._by_topic.get(topic, ())]
