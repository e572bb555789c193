"""What others can watch: whether the node is there (retained, with a last will), and every few seconds that all of it is alive."""

import contextlib
import json

from llmagentos.devices.codecs import Publish
from llmagentos.devices.mqtt import BrokerGone, MqttClient

EVERY_S = 5.0


def last_will(base: str, node: str) -> Publish:
    """What the broker says when the node is gone."""
    return Publish(f"{base}/{node}/availability", "offline", retain=True)


class Heartbeat:
    """One per node; `beat` as often as there is time."""

    def __init__(self, client: MqttClient, base: str, node: str) -> None:
        self._client, self._topic = client, f"{base}/{node}"
        self._last = float("-inf")

    def beat(self, monotonic: float, at: float, seal: bytes, *, alive: bool) -> None:
        """Say it, if it is time; the journal's seal with it, so that others can keep one."""
        if monotonic - self._last < EVERY_S:
            return
        self._last = monotonic
        with contextlib.suppress(BrokerGone):
            self._client.publish(Publish(f"{self._topic}/availability", "online", retain=True))
            self._client.publish(
                Publish(
                    f"{self._topic}/heartbeat", json.dumps({"at": round(at, 3), "alive": alive, "seal": seal.hex()})
                )
            )

    def end(self) -> None:
        """The node goes in order."""
        with contextlib.suppress(BrokerGone):
            self._client.publish(Publish(f"{self._topic}/availability", "offline", retain=True))
