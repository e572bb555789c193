"""`python -m llmagentos.devices.simulation SITE_FILE HOST PORT`: the simulated site as a process on the broker.

For benches, `agentos-simulation/control` takes JSON {"number": n, "simulate": {...}?, "setup": {id: {property: value}}?}; the
answer is `agentos-simulation/ready` with the same number, sent after every state. The node never speaks these topics.
"""

import asyncio
import contextlib
import json
import sys
import time
from pathlib import Path
from typing import Any

from llmagentos.devices.codecs.port import Publish
from llmagentos.devices.mqtt import Arrived, BrokerGone, MqttClient
from llmagentos.devices.simulation import yaml12
from llmagentos.devices.simulation.devices import Device
from llmagentos.devices.simulation.fixtures import from_fixtures, is_fixtures
from llmagentos.devices.simulation.site import SimulatedSite
from llmagentos.devices.simulation.sitefile import site_spec
from llmagentos.devices.simulation.wires import DescribedWire, HomeAssistantWire, Wire, Zigbee2MqttWire
from llmagentos.messages.site import BrokerAddress

CONTROL, READY = "agentos-simulation/control", "agentos-simulation/ready"
TICK_S = 0.5


class Simulation:
    """The site on its wires."""

    def __init__(self, site: SimulatedSite, client: MqttClient) -> None:
        self._site, self._client = site, client
        self._wires: dict[str, Wire] = {
            "homeassistant": HomeAssistantWire(),
            "zigbee2mqtt": Zigbee2MqttWire(),
            "agentos": DescribedWire(),
        }

    async def run(self) -> None:
        """Announce, then answer commands and let time pass, until cancelled."""
        for wire in self._wires.values():
            for topic_filter in wire.filters():
                self._client.subscribe(topic_filter)
        self._client.subscribe(CONTROL)
        self._announce()
        self._report()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen())
            tasks.create_task(self._live())

    async def _listen(self) -> None:
        while True:
            arrived = await self._client.receive()
            if arrived.topic == CONTROL:
                self._control(json.loads(arrived.payload))
            elif not arrived.retained:
                self._hear(arrived)

    def _hear(self, arrived: Arrived) -> None:
        for wire in self._wires.values():
            with contextlib.suppress(
                ValueError, KeyError, TypeError, AttributeError
            ):  # a device ignores what it cannot read
                command = wire.receive(arrived.topic, arrived.payload.decode())
                if command is not None:
                    self._site.command(*command)
        self._report()

    async def _live(self) -> None:
        last, there = time.monotonic(), True
        while True:
            await asyncio.sleep(TICK_S)
            if self._client.connected and not there:  # a new broker remembers nothing that was retained
                self._announce()
                for device in self._site.devices.values():
                    device.changed = True
            there = self._client.connected
            now = time.monotonic()
            self._site.step((now - last) * self._site.spec.speed, time.time() * self._site.spec.speed)
            last = now
            self._report()

    def _by_wire(self) -> list[tuple[Wire, list[Device]]]:
        return [
            (wire, [one for one in self._site.devices.values() if one.spec.via == name])
            for name, wire in self._wires.items()
        ]

    def _announce(self) -> None:
        for wire, devices in self._by_wire():
            if devices:
                self._send(wire.announce(devices))

    def _report(self) -> None:
        for wire, devices in self._by_wire():
            for device in devices:
                if device.changed and device.online:
                    device.changed = False
                    self._send(wire.state(device))

    def _send(self, messages: Any) -> None:
        for topic, payload, retain in messages:
            with contextlib.suppress(BrokerGone):  # state is retained and sent again with the next change
                self._client.publish(Publish(topic, payload, retain))

    def _control(self, request: dict[str, Any]) -> None:
        if "simulate" in request:
            for wire, devices in self._by_wire():
                if devices:
                    self._send(wire.retract(devices))
            self._site = SimulatedSite(site_spec(request["simulate"]))
            self._announce()
        self._site.load(request.get("setup", {}))
        self._report()
        self._client.publish(Publish(READY, json.dumps({"number": request["number"]})))


async def main(data: dict[str, Any], host: str, port: int) -> None:
    """Connect and run."""
    data = from_fixtures(data, "home") if is_fixtures(data) else data
    client = MqttClient(BrokerAddress(host, port), f"simulation-{port}")
    await client.connect()
    await Simulation(SimulatedSite(site_spec(data["simulate"])), client).run()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(yaml12.load(Path(sys.argv[1]).read_text(encoding="utf-8")), sys.argv[2], int(sys.argv[3])))
