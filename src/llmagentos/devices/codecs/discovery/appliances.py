"""Fans, climate, humidifiers, vacuums and lawn mowers."""

from llmagentos.devices.codecs.channels import Channel
from llmagentos.devices.codecs.discovery.config import PERCENT, Config, action, choice, number, on_off
from llmagentos.devices.codecs.payloads import UNKNOWN, Decoded, json_of, word_of
from llmagentos.devices.codecs.port import Publish
from llmagentos.messages.records import Property
from llmagentos.messages.values import Json


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
