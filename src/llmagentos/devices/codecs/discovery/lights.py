"""Lights in the three schemas of discovery: default, JSON and template."""

import json
from collections.abc import Callable

from llmagentos.devices.codecs.channels import Channel, Read, Write
from llmagentos.devices.codecs.discovery.colors import (
    COLOR,
    COLORS,
    color_of_rgb,
    kelvin_of,
    mireds_of,
    nearest_color,
    rgb_of_color,
)
from llmagentos.devices.codecs.discovery.config import PERCENT, Config, choice, number, on_off, one_of
from llmagentos.devices.codecs.payloads import UNKNOWN, Decoded, json_of, number_of, plain, scale, word_of
from llmagentos.devices.codecs.port import Publish
from llmagentos.devices.codecs.templates import Template
from llmagentos.messages.records import Property
from llmagentos.messages.values import Json

BRIGHTNESS = Property(name="brightness", kind="number", unit="%", minimum=0, maximum=100)


def light(config: Config) -> list[Channel]:
    schema = config.text("schema", "basic")
    if schema == "json":
        return _json_light(config)
    if schema == "template":
        return _template_light(config)
    mireds = [max(1.0, config.number(*one)) for one in (("max_mireds", 500), ("min_mireds", 153))]  # 0 divides nothing
    kelvin = Property(
        name="color temperature",
        kind="number",
        unit="K",
        minimum=round(1e6 / mireds[0]),
        maximum=round(1e6 / mireds[1]),
    )
    color_temperature = (
        number(config, kelvin, "color_temp_state_topic", "color_temp_command_topic",
               value_template="color_temp_value_template", command_template="color_temp_command_template")
        if config.flag("color_temp_kelvin")
        else config.channel(kelvin, "color_temp_state_topic", "color_temp_command_topic", kelvin_of, mireds_of,
                            value_template="color_temp_value_template", command_template="color_temp_command_template")
    )  # fmt: skip
    return [
        *on_off(config, value_template="state_value_template"),
        *number(config, BRIGHTNESS, "brightness_state_topic", "brightness_command_topic",
                device=(0, config.number("brightness_scale", 255) or 255), value_template="brightness_value_template",
                command_template="brightness_command_template"),
        *color_temperature,
        *config.channel(COLOR, "rgb_state_topic", "rgb_command_topic", color_of_rgb, rgb_of_color,
                        value_template="rgb_value_template", command_template=""),
        *choice(config, "effect", config.words("effect_list"), "effect_state_topic", "effect_command_topic",
                value_template="effect_value_template", command_template="effect_command_template"),
    ]  # fmt: skip


def _json_light(config: Config) -> list[Channel]:
    topic, command = config.topic("state_topic"), config.topic("command_topic")
    if command is None:
        return []
    full = config.number("brightness_scale", 255) or 255
    modes = config.words("supported_color_modes")
    kelvin_wire = config.flag("color_temp_kelvin")

    def field(key: str, decode: Callable[[Json], Decoded]) -> Read:
        def read(payload: str) -> Decoded:
            data = json_of(payload)
            return decode(data[key]) if isinstance(data, dict) and key in data else UNKNOWN

        return read

    def send(**fields: Json) -> list[Publish]:
        return [Publish(command, json.dumps(fields), config.flag("retain"))]

    def percent_of(value: Json) -> Decoded:
        number = number_of(value)
        return scale(number, (0, full), PERCENT) if isinstance(number, float) else number

    def color_of(value: Json) -> Decoded:
        if isinstance(value, dict) and all(isinstance(value.get(one), int | float) for one in "rgb"):
            return nearest_color((value["r"], value["g"], value["b"]))
        return UNKNOWN

    def make(prop: Property, key: str, decode: Callable[[Json], Decoded], write: Write) -> Channel:
        shape = Property(name=prop.name, kind=prop.kind, unit=prop.unit, minimum=prop.minimum, maximum=prop.maximum,
                         options=prop.options, readable=topic is not None, writable=True,
                         optimistic=topic is None or config.flag("optimistic"))  # fmt: skip
        return Channel(shape, topic, field(key, decode) if topic else None, write)

    channels = [make(Property(name="on", kind="bool"), "state",
                     lambda value: one_of(str(value), {"ON": True, "OFF": False}),
                     lambda value: send(state="ON" if value else "OFF"))]  # fmt: skip
    if config.flag("brightness") or (modes and set(modes) - {"onoff"}):
        channels.append(make(BRIGHTNESS, "brightness", percent_of,
                             lambda value: send(state="ON", brightness=round(scale(float(value), PERCENT, (0, full))))))  # type: ignore[arg-type]  # fmt: skip
    if "color_temp" in modes:
        prop = Property(name="color temperature", kind="number", unit="K", minimum=config.number("min_kelvin", 2000),
                        maximum=config.number("max_kelvin", 6535))  # fmt: skip
        channels.append(make(prop, "color_temp", number_of if kelvin_wire else (lambda v: kelvin_of(str(v))),
                             lambda value: send(state="ON", color_temp=plain(float(value)) if kelvin_wire else int(mireds_of(value)))))  # type: ignore[arg-type]  # fmt: skip
    if set(modes) & {"rgb", "rgbw", "rgbww", "hs", "xy"}:
        channels.append(make(COLOR, "color", color_of, lambda value: send(
            state="ON", color=dict(zip("rgb", COLORS[str(value)], strict=True)))))  # fmt: skip
    effects = config.words("effect_list")
    if effects:
        channels.append(make(Property(name="effect", kind="enum", options=effects), "effect",
                             lambda value: word_of(str(value)), lambda value: send(state="ON", effect=value)))  # fmt: skip
    return channels


def _template_light(config: Config) -> list[Channel]:
    topic, command = config.topic("state_topic"), config.topic("command_topic")
    on, off = config.text("command_on_template"), config.text("command_off_template")
    if command is None or not on or not off:
        return []
    turn_on, turn_off = Template(on), Template(off)
    percent = config.reader("brightness_template", number_of)
    switch = Property(name="on", kind="bool", readable=topic is not None, writable=True, optimistic=topic is None)
    channels = [Channel(switch, topic, config.reader("state_template", lambda text: one_of(text, {"on": True, "off": False})),
                        lambda value: [Publish(command, (turn_on if value else turn_off).render("", state="on" if value else "off"))])]  # fmt: skip
    if config.text("brightness_template"):

        def read(payload: str) -> Decoded:
            value = percent(payload)
            return scale(value, (0, 255), PERCENT) if isinstance(value, float) else value

        shape = Property(
            name="brightness",
            kind="number",
            unit="%",
            minimum=0,
            maximum=100,
            readable=topic is not None,
            writable=True,
        )
        channels.append(Channel(shape, topic, read, lambda value: [Publish(command, turn_on.render(
            "", state="on", brightness=round(scale(float(value), PERCENT, (0, 255)))))]))  # type: ignore[arg-type]  # fmt: skip
    return channels
