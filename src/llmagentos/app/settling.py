"""When all that a broker retains has arrived after a start: a message to ourselves, sent last, comes back last."""

import asyncio
import contextlib

from llmagentos.devices.codecs import Publish
from llmagentos.devices.mqtt import MqttClient

LATEST_S, AFTERWARDS_S = 1.5, 0.25
"""A broker that does not send it back is not waited for longer; what has arrived is taken in soon afterwards."""


class Settling:
    """Of one start. `settled` is set once; nothing is done by the node itself before."""

    def __init__(self, client: MqttClient, topic: str) -> None:
        self._client, self._topic, self._echo = client, topic, asyncio.Event()
        self.settled = asyncio.Event()

    async def run(self) -> None:
        """Ask again as long as what arrives brings new subscriptions, whose retained states come next."""
        self._client.subscribe(self._topic)
        with contextlib.suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(LATEST_S):
                known = -1
                while known != self._client.subscriptions:
                    known = self._client.subscriptions
                    self._echo.clear()
                    self._client.publish(Publish(self._topic, ""))
                    await self._echo.wait()
        await asyncio.sleep(AFTERWARDS_S)
        self.settled.set()

    def takes(self, topic: str) -> bool:
        """Whether a message is ours."""
        if topic == self._topic:
            self._echo.set()
        return topic == self._topic
