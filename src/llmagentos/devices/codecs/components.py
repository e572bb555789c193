"""What each component of Home Assistant's MQTT discovery means: config keys to channels, one function a component.

Source: home-assistant.io, the "MQTT ..." integration pages (light, switch, cover, ...), payload defaults included.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from llmagentos.devices.codecs.channels import Channel, Read, Write
from llmagentos.devices.codecs.payloads import UNKNOWN, Decoded, json_of, number_of, plain, scale, word_of
from llmagentos.devices.codecs.port import Publish
from llmagentos.devices.codecs.templates import Template
from llmagentos.messages.records import Property
from llmagentos.messages.values import Json

PERCENT = (0.0, 100.0)


class Config:
    """A discovery config with full keys: typed access, topics and templates to readers and writers."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self.fields = fields

    def text(self, key: str, default: str = "") -> str:
        """A text (or a number or flag as text)."""
        value = self.fields.get(key, default)
        if isinstance(value, bool):
            return str(value)
        return str(value) if isinstance(value, str | int | float) else default

    def number(self, key: str, default: float) -> float:
        """A number, the default where the config has none or nonsense."""
        value = number_of(self.fields.get(key))
        return value if isinstance(value, float) else default

    def words(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of texts, at most 200."""
        value = self.fields.get(key)
        return (
            tuple(str(one) for one in value[:200] if isinstance(one, str | int | float))
            if isinstance(value, list)
            else default
        )

    def flag(self, key: str) -> bool:
        """True only for true."""
        return self.fields.get(key) is True

    def topic(self, key: str) -> str | None:
        """A topic, None where it is missing or a filter."""
        value = self.fields.get(key)
        return (
            value if isinstance(value, str) and value and not set("#+\0") & set(value) and len(value) < 1_000 else None
        )

    def reader(self, template_key: str, decode: Callable[[str], Decoded]) -> Read:
        """Payload -> value, through the template if the config has one. Raises: TemplateRefused."""
        source = self.text(template_key)
        if not source:
            return decode
        template = Template(source)
        return lambda payload: decode(template.render(payload))

    def writer(self, topic: str, template_key: str, encode: Callable[[Json], str]) -> Write:
        """Value -> message, through the command template if the config has one. Raises: TemplateRefused."""
        source = self.text(template_key)
        template = Template(source) if source else None
        retain = self.flag("retain")

        def write(value: Json) -> list[Publish]:
            payload = encode(value)
            if template is not None:
                payload = template.render(payload, value=_templated(payload))
            return [Publish(topic, payload, retain)]

        return write

    def channel(
        self, prop: Property, state: str, command: str, decode: Callable[[str], Decoded], encode: Callable[[Json], str],
        *, value_template: str = "", command_template: str = "",
    ) -> list[Channel]:  # fmt: skip
        """The channel of a pair of topics, none where the config has neither."""
        state_topic, command_topic = self.topic(state), self.topic(command) if command else None
        if state_topic is None and command_topic is None:
            return []
        optimistic = state_topic is None or self.flag("optimistic")
        full = Property(
            name=prop.name, kind=prop.kind, unit=prop.unit, minimum=prop.minimum, maximum=prop.maximum, step=prop.step,
            options=prop.options, readable=state_topic is not None, writable=command_topic is not None, optimistic=optimistic,
        )  # fmt: skip
        read = self.reader(value_template, decode) if state_topic else None
        write = self.writer(command_topic, command_template, encode) if command_topic else None
        return [Channel(full, state_topic, read, write)]


def _templated(payload: str) -> Json:
    number = number_of(payload)
    return plain(number) if isinstance(number, float) else payload


def on_off(config: Config, name: str = "on", *, state: str = "state_topic", command: str = "command_topic",
           value_template: str = "value_template", on: str | None = None, off: str | None = None) -> list[Channel]:  # fmt: skip
    """A bool with the config's payloads for on and off."""
    send_on, send_off = on or config.text("payload_on", "ON"), off or config.text("payload_off", "OFF")
    says_on, says_off = config.text("state_on", send_on), config.text("state_off", send_off)
    return config.channel(
        Property(name=name, kind="bool"), state, command, lambda text: _one_of(text, {says_on: True, says_off: False}),
        lambda value: send_on if value else send_off, value_template=value_template, command_template="command_template",
    )  # fmt: skip


def _one_of(text: str, known: Mapping[str, Json]) -> Decoded:
    if text in known:
        return known[text]
    if text.strip().lower() in ("none", "null", ""):
        return None
    folded = {key.casefold(): value for key, value in known.items()}
    return folded.get(text.strip().casefold(), UNKNOWN)


def number(config: Config, prop: Property, state: str, command: str, *, device: tuple[float, float] | None = None,
           value_template: str = "value_template", command_template: str = "command_template") -> list[Channel]:  # fmt: skip
    """A number; `device` is the range on the wire where it differs from the property's own."""
    ours = (prop.minimum if prop.minimum is not None else 0.0, prop.maximum if prop.maximum is not None else 100.0)

    def decode(text: str) -> Decoded:
        value = number_of(text)
        return scale(value, device, ours) if isinstance(value, float) and device else value

    def encode(value: Json) -> str:
        assert isinstance(value, int | float)
        return str(plain(round(scale(value, ours, device)) if device else value))

    return config.channel(
        prop, state, command, decode, encode, value_template=value_template, command_template=command_template
    )


def choice(config: Config, name: str, options: tuple[str, ...], state: str, command: str, *,
           value_template: str = "value_template", command_template: str = "command_template") -> list[Channel]:  # fmt: skip
    """One word of the config's list."""
    prop = Property(name=name, kind="enum" if options else "text", options=options)
    return config.channel(
        prop, state, command, word_of, str, value_template=value_template, command_template=command_template
    )


def action(config: Config, name: str, command: str, payload: str) -> list[Channel]:
    """Something to do that has no state."""
    topic = config.topic(command)
    if topic is None or not payload:
        return []
    return [Channel(Property(name=name, kind="action", readable=False, writable=True, options=(name,)), None, None,
                    lambda _value: [Publish(topic, payload, config.flag("retain"))])]  # fmt: skip


def states(config: Config, name: str, sends: dict[str, str], says: dict[str, str], *, state: str = "state_topic",
           command: str = "command_topic", value_template: str = "value_template") -> list[Channel]:  # fmt: skip
    """A state word: `sends` our word -> payload, `says` payload -> our word."""
    words = tuple(dict.fromkeys((*says.values(), *sends)))
    prop = Property(name=name, kind="enum", options=words)
    return config.channel(prop, state, command, lambda text: _one_of(text, says), lambda value: sends.get(str(value), str(value)),
                          value_template=value_template, command_template="command_template")  # fmt: skip


def light(config: Config) -> list[Channel]:
    schema = config.text("schema", "basic")
    if schema == "json":
        return _json_light(config)
    if schema == "template":
        return _template_light(config)
    mireds = (config.number("max_mireds", 500), config.number("min_mireds", 153))
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
        else config.channel(kelvin, "color_temp_state_topic", "color_temp_command_topic", _kelvin_of, _mireds_of,
                            value_template="color_temp_value_template", command_template="color_temp_command_template")
    )  # fmt: skip
    return [
        *on_off(config, value_template="state_value_template"),
        *number(config, BRIGHTNESS, "brightness_state_topic", "brightness_command_topic",
                device=(0, config.number("brightness_scale", 255) or 255), value_template="brightness_value_template",
                command_template="brightness_command_template"),
        *color_temperature,
        *config.channel(COLOR, "rgb_state_topic", "rgb_command_topic", _color_of_rgb, _rgb_of_color,
                        value_template="rgb_value_template", command_template=""),
        *choice(config, "effect", config.words("effect_list"), "effect_state_topic", "effect_command_topic",
                value_template="effect_value_template", command_template="effect_command_template"),
    ]  # fmt: skip


BRIGHTNESS = Property(name="brightness", kind="number", unit="%", minimum=0, maximum=100)
COLORS: dict[str, tuple[int, int, int]] = {
    "red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255), "yellow": (255, 255, 0), "orange": (255, 165, 0),
    "purple": (128, 0, 128), "pink": (255, 105, 180), "cyan": (0, 255, 255), "turquoise": (64, 224, 208),
    "magenta": (255, 0, 255), "violet": (238, 130, 238), "brown": (165, 42, 42), "gold": (255, 215, 0),
    "white": (255, 255, 255), "warm white": (255, 214, 170),
}  # fmt: skip
COLOR = Property(name="color", kind="enum", options=tuple(COLORS))


def _kelvin_of(text: str) -> Decoded:
    value = number_of(text)
    return float(round(1e6 / value)) if isinstance(value, float) and value > 0 else (None if value is None else UNKNOWN)


def _mireds_of(value: Json) -> str:
    assert isinstance(value, int | float)
    return str(round(1e6 / max(value, 1)))


def nearest_color(rgb: tuple[float, float, float]) -> str:
    """The named colour nearest in RGB: what a person would be told."""
    return min(COLORS, key=lambda name: sum((a - b) ** 2 for a, b in zip(COLORS[name], rgb, strict=True)))


def _color_of_rgb(text: str) -> Decoded:
    parts = [number_of(one) for one in text.split(",")]
    if len(parts) != 3 or not all(isinstance(one, float) for one in parts):
        return UNKNOWN
    return nearest_color(tuple(parts))  # type: ignore[arg-type]


def _rgb_of_color(value: Json) -> str:
    return ",".join(map(str, COLORS[str(value)]))


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
                     lambda value: _one_of(str(value), {"ON": True, "OFF": False}),
                     lambda value: send(state="ON" if value else "OFF"))]  # fmt: skip
    if config.flag("brightness") or (modes and set(modes) - {"onoff"}):
        channels.append(make(BRIGHTNESS, "brightness", percent_of,
                             lambda value: send(state="ON", brightness=round(scale(float(value), PERCENT, (0, full))))))  # type: ignore[arg-type]  # fmt: skip
    if "color_temp" in modes:
        prop = Property(name="color temperature", kind="number", unit="K", minimum=config.number("min_kelvin", 2000),
                        maximum=config.number("max_kelvin", 6535))  # fmt: skip
        channels.append(make(prop, "color_temp", number_of if kelvin_wire else (lambda v: _kelvin_of(str(v))),
                             lambda value: send(state="ON", color_temp=plain(float(value)) if kelvin_wire else int(_mireds_of(value)))))  # type: ignore[arg-type]  # fmt: skip
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
    channels = [Channel(switch, topic, config.reader("state_template", lambda text: _one_of(text, {"on": True, "off": False})),
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


def switch(config: Config) -> list[Channel]:
    return on_off(config)


def siren(config: Config) -> list[Channel]:
    return [*on_off(config, value_template="state_value_template"),
            *(choice(config, "tone", config.words("available_tones"), "", "command_topic") if config.words("available_tones") else [])]  # fmt: skip


def binary_sensor(config: Config) -> list[Channel]:
    return on_off(config, command="")


def sensor(config: Config) -> list[Channel]:
    numeric = bool(config.text("unit_of_measurement") or config.text("state_class"))
    options = config.words("options")
    kind = Property(name="value", kind="number" if numeric else "enum" if options else "text",
                    unit=config.text("unit_of_measurement"), options=options)  # fmt: skip
    return config.channel(
        kind, "state_topic", "", number_of if numeric else word_of, str, value_template="value_template"
    )


def number_entity(config: Config) -> list[Channel]:
    low, high = config.number("min", 1), config.number("max", 100)
    prop = Property(name="value", kind="number", unit=config.text("unit_of_measurement"), minimum=min(low, high),
                    maximum=max(low, high), step=config.number("step", 1))  # fmt: skip
    return number(config, prop, "state_topic", "command_topic")


def select(config: Config) -> list[Channel]:
    return choice(config, "value", config.words("options"), "state_topic", "command_topic")


def text(config: Config) -> list[Channel]:
    return choice(config, "value", (), "state_topic", "command_topic")


def button(config: Config) -> list[Channel]:
    return action(config, "press", "command_topic", config.text("payload_press", "PRESS"))


def scene(config: Config) -> list[Channel]:
    return action(config, "activate", "command_topic", config.text("payload_on", "ON"))


def _movement(config: Config, closed_at: float, open_at: float, *, position_state: str) -> list[Channel]:
    """Covers and valves: a state word, a position in percent open, stop, tilt."""
    opens, closes = config.text("payload_open", "OPEN"), config.text("payload_close", "CLOSE")
    says = {config.text(f"state_{word}", word): word for word in ("open", "closed", "opening", "closing", "stopped")}
    words = tuple(dict.fromkeys(("open", "closed", *says.values())))
    wire = (closed_at, open_at) if closed_at != open_at else PERCENT
    position = number(config, Property(name="position", kind="number", unit="%", minimum=0, maximum=100), position_state,
                      "set_position_topic", device=wire, value_template="position_template",
                      command_template="set_position_template")  # fmt: skip
    sends = {"open": opens, "closed": closes}
    reported = bool(config.topic("state_topic"))
    state = config.channel(Property(name="state", kind="enum", options=words), "state_topic", "command_topic",
                           lambda payload: _one_of(payload, says), lambda value: sends.get(str(value), str(value)),
                           value_template="value_template", command_template="command_template")  # fmt: skip
    if not reported and config.topic(position_state):
        derive = position[0].read
        assert derive is not None

        def from_position(payload: str) -> Decoded:
            value = derive(payload)
            return ("closed" if value <= 0 else "open") if isinstance(value, int | float) else value

        write = state[0].write if state else lambda value: (position[0].write or _refuse)(100 if value == "open" else 0)
        state = [Channel(Property(name="state", kind="enum", options=("open", "closed"), writable=write is not None),
                         config.topic(position_state), from_position, write)]  # fmt: skip
    tilt = number(config, Property(name="tilt", kind="number", unit="%", minimum=0, maximum=100), "tilt_status_topic",
                  "tilt_command_topic", device=(config.number("tilt_min", 0), config.number("tilt_max", 100) or 100),
                  value_template="tilt_status_template", command_template="tilt_command_template")  # fmt: skip
    return [*state, *position, *action(config, "stop", "command_topic", config.text("payload_stop", "STOP")), *tilt]


def _refuse(_value: Json) -> list[Publish]:
    return []


def cover(config: Config) -> list[Channel]:
    return _movement(
        config,
        config.number("position_closed", 0),
        config.number("position_open", 100),
        position_state="position_topic",
    )


def valve(config: Config) -> list[Channel]:
    if not config.flag("reports_position"):
        return _movement(config, 0, 100, position_state="position_topic")
    wire = (config.number("position_closed", 0), config.number("position_open", 100))
    prop = Property(name="position", kind="number", unit="%", minimum=0, maximum=100)
    position = number(config, prop, "state_topic", "command_topic", device=wire if wire[0] != wire[1] else PERCENT)
    if not position:
        return []
    read, write = position[0].read, position[0].write

    def state_of(payload: str) -> Decoded:
        value = read(payload) if read else UNKNOWN
        return ("closed" if value <= 0 else "open") if isinstance(value, int | float) else value

    state = Channel(Property(name="state", kind="enum", options=("open", "closed"), writable=write is not None, readable=read is not None),
                    position[0].topic, state_of, lambda value: (write or _refuse)(100 if value == "open" else 0))  # fmt: skip
    return [state, *position, *action(config, "stop", "command_topic", config.text("payload_stop"))]


def lock(config: Config) -> list[Channel]:
    sends = {"locked": config.text("payload_lock", "LOCK"), "unlocked": config.text("payload_unlock", "UNLOCK")}
    if config.text("payload_open"):
        sends["open"] = config.text("payload_open")
    says = {
        config.text(f"state_{word}", word.upper()): word
        for word in ("locked", "unlocked", "locking", "unlocking", "jammed")
    }
    return states(config, "state", sends, says)


def fan(config: Config) -> list[Channel]:
    low, high = config.number("speed_range_min", 1), config.number("speed_range_max", 100)
    wire = (low - 1, high) if high > low - 1 else PERCENT
    return [
        *on_off(config, value_template="state_value_template"),
        *number(config, Property(name="speed", kind="number", unit="%", minimum=0, maximum=100), "percentage_state_topic",
                "percentage_command_topic", device=wire, value_template="percentage_value_template",
                command_template="percentage_command_template"),
        *on_off(config, "oscillation", state="oscillation_state_topic", command="oscillation_command_topic",
                value_template="oscillation_value_template", on=config.text("payload_oscillation_on", "oscillate_on"),
                off=config.text("payload_oscillation_off", "oscillate_off")),
        *choice(config, "preset", config.words("preset_modes"), "preset_mode_state_topic", "preset_mode_command_topic",
                value_template="preset_mode_value_template", command_template="preset_mode_command_template"),
        *choice(config, "direction", ("forward", "reverse"), "direction_state_topic", "direction_command_topic",
                value_template="direction_value_template", command_template="direction_command_template"),
    ]  # fmt: skip


def climate(config: Config) -> list[Channel]:
    unit = config.text("temperature_unit", "C")
    target = Property(name="temperature", kind="number", unit=unit, minimum=config.number("min_temp", 7 if unit == "C" else 45),
                      maximum=config.number("max_temp", 35 if unit == "C" else 95), step=config.number("temp_step", 1))  # fmt: skip
    modes = config.words("modes", ("auto", "off", "cool", "heat", "dry", "fan_only"))
    return [
        *choice(config, "mode", modes, "mode_state_topic", "mode_command_topic", value_template="mode_state_template",
                command_template="mode_command_template"),
        *number(config, target, "temperature_state_topic", "temperature_command_topic",
                value_template="temperature_state_template", command_template="temperature_command_template"),
        *number(config, Property(name="current temperature", kind="number", unit=unit), "current_temperature_topic", "",
                value_template="current_temperature_template"),
        *number(config, Property(name="current humidity", kind="number", unit="%"), "current_humidity_topic", "",
                value_template="current_humidity_template"),
        *choice(config, "fan mode", config.words("fan_modes"), "fan_mode_state_topic", "fan_mode_command_topic",
                value_template="fan_mode_state_template", command_template="fan_mode_command_template"),
        *choice(config, "preset", config.words("preset_modes"), "preset_mode_state_topic", "preset_mode_command_topic",
                value_template="preset_mode_value_template", command_template="preset_mode_command_template"),
        *choice(config, "swing", config.words("swing_modes"), "swing_mode_state_topic", "swing_mode_command_topic",
                value_template="swing_mode_state_template", command_template="swing_mode_command_template"),
        *choice(config, "action", (), "action_topic", "", value_template="action_template"),
    ]  # fmt: skip


def humidifier(config: Config) -> list[Channel]:
    target = Property(
        name="humidity",
        kind="number",
        unit="%",
        minimum=config.number("min_humidity", 0),
        maximum=config.number("max_humidity", 100),
    )
    return [
        *on_off(config, value_template="state_value_template"),
        *number(config, target, "target_humidity_state_topic", "target_humidity_command_topic",
                value_template="target_humidity_state_template", command_template="target_humidity_command_template"),
        *number(config, Property(name="current humidity", kind="number", unit="%"), "current_humidity_topic", "",
                value_template="current_humidity_template"),
        *choice(config, "mode", config.words("modes"), "mode_state_topic", "mode_command_topic",
                value_template="mode_state_template", command_template="mode_command_template"),
    ]  # fmt: skip


def vacuum(config: Config) -> list[Channel]:
    sends = {"cleaning": config.text("payload_start", "start"), "paused": config.text("payload_pause", "pause"),
             "idle": config.text("payload_stop", "stop"), "returning": config.text("payload_return_to_base", "return_to_base")}  # fmt: skip
    features = config.words("supported_features", ("start", "stop", "pause", "return_home"))
    for word, feature in (("cleaning", "start"), ("paused", "pause"), ("idle", "stop"), ("returning", "return_home")):
        if feature not in features:
            sends.pop(word)

    def activity(payload: str) -> Decoded:
        data = json_of(payload)
        word = data.get("state") if isinstance(data, dict) else data if isinstance(data, str) else payload
        return word_of(word) if isinstance(word, str) else UNKNOWN

    words = ("cleaning", "docked", "paused", "idle", "returning", "error")
    prop = Property(name="activity", kind="enum", options=words)
    return [
        *config.channel(prop, "state_topic", "command_topic", activity, lambda value: sends.get(str(value), "")),
        *(action(config, "locate", "command_topic", config.text("payload_locate", "locate")) if "locate" in features else []),
        *choice(config, "fan speed", config.words("fan_speed_list"), "", "set_fan_speed_topic"),
    ]  # fmt: skip


def lawn_mower(config: Config) -> list[Channel]:
    commands = {"mowing": ("start_mowing_command_topic", "start_mowing"), "paused": ("pause_command_topic", "pause"),
                "returning": ("dock_command_topic", "dock")}  # fmt: skip
    topics = {word: (config.topic(key), payload) for word, (key, payload) in commands.items()}
    state = config.topic("activity_state_topic")

    def write(value: Json) -> list[Publish]:
        topic, payload = topics.get(str(value), (None, ""))
        return [Publish(topic, payload, config.flag("retain"))] if topic else []

    words = ("mowing", "paused", "docked", "returning", "error")
    shape = Property(name="activity", kind="enum", options=words, readable=state is not None,
                     writable=any(topic for topic, _ in topics.values()), optimistic=state is None)  # fmt: skip
    return [Channel(shape, state, config.reader("activity_value_template", word_of), write)]


Build = Callable[[Config], list[Channel]]
COMPONENTS: dict[str, tuple[str, Build]] = {
    "light": ("light", light), "switch": ("switch", switch), "cover": ("cover", cover), "lock": ("lock", lock),
    "fan": ("fan", fan), "climate": ("climate", climate), "valve": ("valve", valve), "vacuum": ("vacuum", vacuum),
    "lawn_mower": ("lawn mower", lawn_mower), "humidifier": ("humidifier", humidifier), "siren": ("siren", siren),
    "scene": ("scene", scene), "button": ("button", button), "number": ("number", number_entity),
    "select": ("select", select), "text": ("text", text), "sensor": ("sensor", sensor),
    "binary_sensor": ("binary sensor", binary_sensor),
}  # fmt: skip
"""Component -> (class of the site language, how to build its channels)."""
