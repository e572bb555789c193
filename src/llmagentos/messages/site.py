"""What the owner says of the site in the site file: places, names, people, trust and limits. `app.sitefile` reads it."""

from dataclasses import dataclass, field
from typing import Literal

from llmagentos.messages.snapshot import Area

Level = Literal["observe", "advise", "act"]


@dataclass(frozen=True, slots=True)
class Naming:
    """How the owner calls and places an entity; None leaves what the device says."""

    name: str | None = None
    area: str | None = None
    aliases: tuple[str, ...] = ()
    level: Level | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Guard:
    """Deterministic limits of the equipment, checked after policy, whoever asks. `entities` is an fnmatch pattern of ids.

    Units: those of the property; rates per hour; times in seconds. `fresh` names an "entity property" that must have
    been reported with good quality within `fresh_s`.
    """

    entities: str
    property: str = "*"
    minimum: float | None = None
    maximum: float | None = None
    max_change: float | None = None
    min_on_s: float = 0.0
    min_off_s: float = 0.0
    starts_per_hour: int | None = None
    excludes: tuple[str, ...] = ()
    fresh: tuple[str, str] | None = None
    fresh_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Lease:
    """An output and the value that is safe for it when the node is gone."""

    entity: str
    property: str
    value: str | float | bool


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """An MQTT broker the owner runs. `password_file` holds the password alone."""

    host: str
    port: int = 1883
    user: str | None = None
    password_file: str | None = None
    tls: bool = False


@dataclass(frozen=True, slots=True)
class Location:
    """Where the site is, in degrees: north and east are positive. Raises: ValueError beyond the globe."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        if not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):
            raise ValueError("latitude goes from -90 to 90, longitude from -180 to 180")


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of a camera's picture, in shares of its width and height. Raises: ValueError."""

    name: str
    left: float = 0.0
    top: float = 0.0
    right: float = 1.0
    bottom: float = 1.0

    def __post_init__(self) -> None:
        if not (0 <= self.left < self.right <= 1 and 0 <= self.top < self.bottom <= 1):
            raise ValueError(f"zone {self.name}: left < right and top < bottom, from 0 to 1")


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera whose pictures are looked at. They come as MQTT messages of a `topic`, or are fetched from a `url` (http, rtsp, or a file).

    People in each of the `zones` are counted by themselves.
    """

    name: str
    area: str | None = None
    topic: str | None = None
    url: str | None = None
    every_s: float = 5.0
    zones: tuple[Zone, ...] = ()

    def __post_init__(self) -> None:
        """Raises: ValueError."""
        if (self.topic is None) == (self.url is None):
            raise ValueError(f"camera {self.name}: give it a topic or a url")
        if not 0.2 <= self.every_s <= 86_400:
            raise ValueError(f"camera {self.name}: every_s is from 0.2 to 86400 seconds")


@dataclass(frozen=True, slots=True)
class SiteConfig:
    """The whole file, without its `simulate` part."""

    name: str
    node: str = "node"
    language: str = "en"
    level: Level = "observe"
    broker: BrokerAddress | None = None
    homeassistant_prefix: str = "homeassistant"
    zigbee2mqtt_base: str = "zigbee2mqtt"
    agentos_base: str = "agentos"
    location: Location | None = None
    """Of the sun: without it no order can wait for it."""
    areas: tuple[Area, ...] = ()
    names: dict[str, Naming] = field(default_factory=dict)
    people: tuple[str, ...] = ("owner",)
    guards: tuple[Guard, ...] = ()
    leases: tuple[Lease, ...] = ()
    hand_minutes: float = 30.0
    """How long standing orders leave alone what somebody has set by hand."""
    resources: dict[str, tuple[float, str]] = field(default_factory=dict)
    """What plans share, and how much of it there is, with its unit: power, a robot."""
    history_days: float = 31.0
    """How long readings are kept; 0 keeps none."""
    notify: tuple[str, ...] = ()
    """Where the owner is told what orders say, as addresses of Apprise: "ntfy://topic", "mailto://..."."""
    escalate: tuple[str, ...] = ()
    """Who else is told of alarms that nobody has answered, as addresses of Apprise."""
    on_its_own: tuple[str, ...] = ()
    """Acts of the site language that the agent may do unasked when it is sure that something is wrong; people are told."""
    cameras: tuple[Camera, ...] = ()
    policies: str | None = None
    """A Cedar file of the owner's, beside the site file; it is added to the default policy."""
