"""The world a node would hold of a simulated site, without a broker: for measurements and training."""

import time
from pathlib import Path
from typing import Any

from llmagentos.app.sitefile import site_config
from llmagentos.devices.codecs.described import DescribedCodec
from llmagentos.devices.codecs.port import Described, Reported
from llmagentos.devices.simulation.devices import Device
from llmagentos.devices.simulation.sitefile import site_spec
from llmagentos.devices.simulation.wires import DescribedWire
from llmagentos.knowledge import World
from llmagentos.messages.snapshot import AlarmView, Snapshot, TimerView


def snapshot_of(
    site: dict[str, Any], timers: tuple[TimerView, ...] = (), alarms: tuple[AlarmView, ...] = ()
) -> Snapshot:
    """The snapshot of a site file's data, through our own description codec. Raises: SiteFileError."""
    world = World(site_config(site, Path("home")))
    codec, wire = DescribedCodec(), DescribedWire()
    for spec in site_spec(site["simulate"]).devices:
        device = Device(spec)
        for topic, payload, _ in (*wire.announce([device]), *wire.state(device)):
            for output in codec.receive(topic, payload.encode(), 0.0):
                if isinstance(output, Described):
                    world.describe(output.entity)
                elif isinstance(output, Reported):
                    world.report(output.entity, output.property, output.value, time.time())
    world.set_timers(timers, alarms)
    return world.snapshot(time.time())
