"""The table of components, and those that are a channel or two."""

from collections.abc import Callable

from llmagentos.devices.codecs.channels import Channel
from llmagentos.devices.codecs.discovery.appliances import climate, fan, humidifier, lawn_mower, vacuum
from llmagentos.devices.codecs.discovery.config import Config, action, choice, number, on_off
from llmagentos.devices.codecs.discovery.lights import light
from llmagentos.devices.codecs.discovery.movers import cover, lock, valve
from llmagentos.devices.codecs.payloads import number_of, word_of
from llmagentos.messages.records import Property


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
