"""What devices say, as data: a codec takes topics and payloads and gives descriptions and readings; no I/O anywhere."""

from llmagentos.devices.codecs.port import (
    Availability,
    CannotEncode,
    Codec,
    Described,
    Gone,
    Output,
    Publish,
    Rejected,
    Reported,
    Subscribe,
)

__all__ = [
    "Availability",
    "CannotEncode",
    "Codec",
    "Described",
    "Gone",
    "Output",
    "Publish",
    "Rejected",
    "Reported",
    "Subscribe",
]
