import json

import pytest

from llmagentos.devices.codecs import CannotEncode, Described, Gone, Publish, Rejected, Reported
from llmagentos.devices.codecs.described import DescribedCodec
from llmagentos.messages.records import Command

PLAYER = {"class": "media player", "name": "Radio", "area": "Kitchen",
          "properties": {"volume": {"kind": "number", "unit": "%", "min": 0, "max": 100, "writable": True},
                         "playback": {"kind": "enum", "options": ["playing", "paused"], "writable": True},
                         "next": {"kind": "action"}}}  # fmt: skip


def test_life_of_a_player() -> None:
    codec = DescribedCodec()
    [described] = codec.receive("agentos/radio/describe", json.dumps(PLAYER).encode(), 0)
    assert isinstance(described, Described)
    assert described.entity.entity_class == "media player"
    assert codec.receive("agentos/radio/state", b'{"volume": 30, "colour": 1}', 0) == [
        Reported("radio", "volume", 30.0), Rejected("agentos/radio/state", "colour does not fit its description")]  # fmt: skip
    assert codec.encode(Command(entity="radio", property="volume", value=40, verb="set")) == [
        Publish("agentos/radio/set", '{"volume": 40}')
    ]
    assert codec.encode(Command(entity="radio", property="next", value=None, verb="skip", idempotent=False)) == [
        Publish("agentos/radio/do", '{"action": "next"}')
    ]
    with pytest.raises(CannotEncode):
        codec.encode(Command(entity="radio", property="volume", value=140, verb="set"))
    assert codec.receive("agentos/radio/describe", b"", 0) == [Gone("radio")]


@pytest.mark.parametrize(
    "payload", [b"", b"[]", b"{", b'{"class": "spaceship", "properties": {}}', b'{"class": "light"}', b"\xff\xfe"]
)
def test_broken_descriptions_make_nothing(payload: bytes) -> None:
    codec = DescribedCodec()
    assert not [one for one in codec.receive("agentos/x/describe", payload, 0) if isinstance(one, Described)]
