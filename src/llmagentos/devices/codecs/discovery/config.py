"""A discovery config, and the channels that most components are made of: a flag, a number, a choice, an action, states."""

from collections.abc import Callable, Mapping
from typing import Any

from llmagentos.devices.codecs.channels import Channel, Read, Write
from llmagentos.devices.codecs.payloads import UNKNOWN, Decoded, number_of, plain, scale, word_of
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
        Property(name=name, kind="bool"), state, command, lambda text: one_of(text, {says_on: True, says_off: False}),
        lambda value: send_on if value else send_off, value_template=value_template, command_template="command_template",
    )  # fmt: skip


def one_of(text: str, known: Mapping[str, Json]) -> Decoded:
    """What a word stands for; UNKNOWN for any other."""
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
    return config.channel(prop, state, command, lambda text: one_of(text, says), lambda value: sends.get(str(value), str(value)),
                          value_template=value_template, command_template="command_template")  # fmt: skip
