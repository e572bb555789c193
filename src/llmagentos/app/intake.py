"""Messages from the broker into the world: through the codecs, change by change, with the news handed on."""

from collections import OrderedDict
from collections.abc import Callable

from llmagentos.devices.codecs import (
    Availability,
    Codec,
    Described,
    Gone,
    Output,
    Publish,
    Rejected,
    Reported,
    Subscribe,
)
from llmagentos.devices.codecs.described import DescribedCodec
from llmagentos.devices.codecs.homeassistant import HomeAssistantCodec
from llmagentos.devices.codecs.port import CannotEncode
from llmagentos.devices.codecs.zigbee2mqtt import Zigbee2MqttCodec
from llmagentos.devices.mqtt import Arrived, MqttClient
from llmagentos.knowledge import World
from llmagentos.messages import Clock, IdSource
from llmagentos.messages.records import Command, EntityDescription, Observation, Quality
from llmagentos.messages.site import SiteConfig

REMEMBERED = 20_000
"""Observations kept in memory until something rests on them: an hour of a lively house."""


class Intake:
    """The codecs of a site. `on_change(entity id, observation or None)` is told of everything that is new."""

    def __init__(
        self,
        site: SiteConfig,
        world: World,
        clock: Clock,
        ids: IdSource,
        on_change: Callable[[str, Observation | None], None],
    ) -> None:
        self._codecs: tuple[Codec, ...] = (
            HomeAssistantCodec(site.homeassistant_prefix), Zigbee2MqttCodec(site.zigbee2mqtt_base), DescribedCodec(site.agentos_base)
        )  # fmt: skip
        self._world, self._clock, self._ids, self._on_change = world, clock, ids, on_change
        self._observations: OrderedDict[str, Observation] = OrderedDict()
        self.rejected: OrderedDict[str, str] = OrderedDict()

    def subscribe(self, client: MqttClient) -> None:
        """Ask for what the codecs are interested in."""
        for codec in self._codecs:
            for interest in codec.interests:
                client.subscribe(interest)

    def take(self, arrived: Arrived, client: MqttClient) -> None:
        """One message."""
        now = self._clock.now()
        for codec in self._codecs:
            for output in codec.receive(arrived.topic, arrived.payload, now):
                self._apply(output, client, now, "stale" if arrived.retained else "good")

    def _apply(self, output: Output, client: MqttClient, now: float, quality: Quality) -> None:
        """A retained message is of unknown age: it tells what was last known, and never counts as a fresh reading."""
        if isinstance(output, Reported):
            self._report(output, now, quality)
        elif isinstance(output, Described):
            if self._world.describe(output.entity):
                self._on_change(output.entity.id, None)
        elif isinstance(output, Gone):
            if self._world.remove(output.entity):
                self._on_change(output.entity, None)
        elif isinstance(output, Availability):
            if self._world.availability(output.entity, output.online):
                self._on_change(output.entity, None)
        elif isinstance(output, Subscribe):
            client.subscribe(output.topic)
        else:
            assert isinstance(output, Rejected)
            self.rejected[output.topic] = output.reason
            while len(self.rejected) > 200:
                self.rejected.popitem(last=False)

    def _report(self, output: Reported, now: float, quality: Quality) -> None:
        identity = self._ids.next()
        before = self._world.report(output.entity, output.property, output.value, now, quality=quality, record=identity)
        if self._world.entity(output.entity) is None:
            return
        previous = before.value if before is not None else output.value
        observation = Observation(id=identity, at=now, source="devices.mqtt", entity=output.entity, property=output.property,
                                  value=output.value, previous=previous, quality=quality)  # fmt: skip
        self._observations[identity] = observation
        if len(self._observations) > REMEMBERED:
            self._observations.popitem(last=False)
        self._on_change(output.entity, observation)

    def describe(self, entity: EntityDescription) -> None:
        """Something of the node's own: what it counts in pictures."""
        if self._world.describe(entity):
            self._on_change(entity.id, None)

    def available(self, entity: str, online: bool) -> None:
        """Whether it can be told at all."""
        if self._world.availability(entity, online):
            self._on_change(entity, None)

    def report(self, entity: str, name: str, value: float | str) -> None:
        """What it is now."""
        self._report(Reported(entity, name, value), self._clock.now(), "good")

    def observation(self, identity: str) -> Observation | None:
        """An observation that is still remembered, taken out to be journaled."""
        return self._observations.pop(identity, None)

    def encode(self, command: Command) -> list[Publish]:
        """The messages of a command. Raises: CannotEncode."""
        for codec in self._codecs:
            if codec.owns(command.entity):
                return codec.encode(command)
        raise CannotEncode(f"{command.entity} has not announced itself since the node started")
