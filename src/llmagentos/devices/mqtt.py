"""The MQTT transport: one connection that comes back by itself, a bounded queue of what arrived."""

import asyncio
import contextlib
import logging
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gmqtt
from gmqtt.mqtt.constants import MQTTv311

from llmagentos.devices.codecs.port import Publish
from llmagentos.messages.site import BrokerAddress

QUEUE = 10_000
"""Messages waiting for the node: about ten seconds of a busy site. When it is full the oldest is dropped and counted."""
QUEUE_BYTES = 64 * 1024 * 1024
"""All of them together; a device that floods the broker with pictures must not fill the memory of a small box."""
CONNECT_DEADLINE_S = 10.0
_log = logging.getLogger(__name__)
logging.getLogger("gmqtt").setLevel(logging.CRITICAL)  # it repeats every second what is said here once


class BrokerGone(ConnectionError):
    """There is no connection to the broker now."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """One message."""

    topic: str
    payload: bytes
    retained: bool


class MqttClient:
    """Subscriptions survive reconnection. `connected` says whether publishing makes sense now.

    `will` is what the broker says when this end is gone without a good-bye (MQTT 3.1.1, section 3.1.2.5), at the latest after one and a
    half times `keepalive_s`.
    """

    def __init__(self, address: BrokerAddress, client_id: str, *, will: Publish | None = None, keepalive_s: int = 20) -> None:  # fmt: skip
        self.address, self._keepalive_s = address, keepalive_s
        last = None if will is None else gmqtt.Message(will.topic, will.payload, qos=1, retain=will.retain)
        self._client = gmqtt.Client(client_id, clean_session=True, will_message=last)
        self._client.on_message = self._on_message
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.set_config({"reconnect_retries": -1, "reconnect_delay": 1})
        self._queue: asyncio.Queue[Arrived] = asyncio.Queue(QUEUE)
        self._filters: dict[str, None] = {}
        self._up = asyncio.Event()
        self.dropped = 0
        self._waiting_bytes = 0
        self._lost = self._closing = False

    @property
    def connected(self) -> bool:
        """Whether the broker is there now."""
        return self._up.is_set()

    async def connect(self) -> None:
        """Connect once; afterwards the connection is kept by itself. Raises: BrokerGone if there is no broker."""
        if self.address.user is not None:
            self._client.set_auth_credentials(self.address.user, _password(self.address))
        tls = ssl.create_default_context() if self.address.tls else False
        try:
            async with asyncio.timeout(CONNECT_DEADLINE_S):
                await self._client.connect(
                    self.address.host, self.address.port, ssl=tls, version=MQTTv311, keepalive=self._keepalive_s
                )
                await self._up.wait()
        except (OSError, TimeoutError, gmqtt.mqtt.handler.MQTTConnectError) as error:
            with contextlib.suppress(Exception):
                await self._client.disconnect()
            raise BrokerGone(
                f"no MQTT broker answers at {self.address.host}:{self.address.port} ({error or 'timeout'})"
            ) from error

    async def close(self) -> None:
        """Say good-bye to the broker."""
        self._closing = True
        self._client.set_config({"reconnect_retries": 0})
        with contextlib.suppress(Exception):
            await self._client.disconnect()

    def subscribe(self, topic_filter: str) -> None:
        """Receive what matches from now on, retained messages first."""
        if topic_filter not in self._filters:
            self._filters[topic_filter] = None
            if self.connected:
                self._client.subscribe(topic_filter, qos=1)

    @property
    def subscriptions(self) -> int:
        """How many filters there are; a device that is described brings more."""
        return len(self._filters)

    def publish(self, message: Publish) -> None:
        """Hand a message to the connection. Raises: BrokerGone if there is none.

        QoS 0: what cannot be delivered now is not delivered later, when it was stopped, has expired or was done otherwise.
        """
        if not self.connected:
            raise BrokerGone("the MQTT broker is not reachable now")
        self._client.publish(message.topic, message.payload, qos=0, retain=message.retain)

    def publish_bytes(self, topic: str, payload: bytes) -> None:
        """Bytes as they are, for tests of what listens. Raises: BrokerGone."""
        if not self.connected:
            raise BrokerGone("the MQTT broker is not reachable now")
        self._client.publish(topic, payload, qos=0)

    async def receive(self) -> Arrived:
        """The next message, in the order of arrival."""
        arrived = await self._queue.get()
        self._waiting_bytes -= len(arrived.payload)
        return arrived

    def receive_nowait(self) -> Arrived:
        """The next message where one is `waiting`. Raises: asyncio.QueueEmpty."""
        arrived = self._queue.get_nowait()
        self._waiting_bytes -= len(arrived.payload)
        return arrived

    def waiting(self) -> int:
        """How many messages wait to be received."""
        return self._queue.qsize()

    def _on_connect(self, _client: Any, _flags: Any, _code: Any, _properties: Any) -> None:
        if self._lost:
            _log.warning("the MQTT broker at %s:%s is back", self.address.host, self.address.port)
        self._lost = False
        self._up.set()
        for topic_filter in self._filters:
            self._client.subscribe(topic_filter, qos=1)

    def _on_disconnect(self, _client: Any, _packet: Any, _error: Any = None) -> None:
        if self._up.is_set() and not self._closing:
            _log.warning("the MQTT broker at %s:%s is gone; trying every second", self.address.host, self.address.port)
            self._lost = True
        self._up.clear()

    def _on_message(self, _client: Any, topic: str, payload: bytes, _qos: int, properties: dict[str, Any]) -> int:
        if len(payload) > QUEUE_BYTES:
            self.dropped += 1
            return 0
        self._waiting_bytes += len(payload)
        while self._queue.full() or self._waiting_bytes > QUEUE_BYTES:
            self.receive_nowait()
            self.dropped += 1
        self._queue.put_nowait(Arrived(topic, bytes(payload), bool(properties.get("retain"))))
        return 0


def _password(address: BrokerAddress) -> str | None:
    return Path(address.password_file).read_text(encoding="utf-8").strip() if address.password_file else None
