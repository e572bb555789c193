import asyncio

from llmagentos.devices.mqtt import QUEUE_BYTES, MqttClient
from llmagentos.messages.site import BrokerAddress


def test_a_flood_of_pictures_does_not_fill_the_memory() -> None:
    async def run() -> None:
        client = MqttClient(BrokerAddress("127.0.0.1", 1), "test")
        for number in range(5):
            client._on_message(None, f"camera/{number}", bytes(QUEUE_BYTES // 3), 0, {})
        client._on_message(None, "film", bytes(QUEUE_BYTES + 1), 0, {})
        assert (client.waiting(), client.dropped) == (3, 3)
        assert [(await client.receive()).topic for _ in range(3)] == ["camera/2", "camera/3", "camera/4"]
        client._on_message(None, "film", bytes(QUEUE_BYTES), 0, {"retain": 1})
        assert (client.waiting(), client.dropped) == (1, 3)

    asyncio.run(run())
