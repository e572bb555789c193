"""Covers, valves and locks: what moves, and says where it is."""

from llmagentos.devices.codecs.channels import Channel
from llmagentos.devices.codecs.discovery.config import PERCENT, Config, action, number, one_of, states
from llmagentos.devices.codecs.payloads import UNKNOWN, Decoded
from llmagentos.devices.codecs.port import Publish
from llmagentos.messages.records import Property
from llmagentos.messages.values import Json


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
                           lambda payload: one_of(payload, says), lambda value: sends.get(str(value), str(value)),
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
