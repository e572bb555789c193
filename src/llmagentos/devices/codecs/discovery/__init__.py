"""What the components of Home Assistant's MQTT discovery mean: config keys to channels, one function a component.

Source: home-assistant.io, the "MQTT ..." integration pages (light, switch, cover, ...), payload defaults included.
"""
