"""How simulated devices speak: Home Assistant discovery, Zigbee2MQTT, or our description topic. No I/O.

Each wire gives the retained announcements and states of its devices and understands commands on its topics.
"""

from llmagentos.devices.simulation.wires.described import DescribedWire
from llmagentos.devices.simulation.wires.homeassistant import HOMEASSISTANT_CLASSES, HomeAssistantWire
from llmagentos.devices.simulation.wires.port import Message, Wire
from llmagentos.devices.simulation.wires.zigbee2mqtt import Zigbee2MqttWire

__all__ = ["HOMEASSISTANT_CLASSES", "DescribedWire", "HomeAssistantWire", "Message", "Wire", "Zigbee2MqttWire"]
