import asyncio

from llmagentos.kernel.bus import EventBus


def test_everybody_hears_everything_in_order() -> None:
    async def run() -> None:
        bus = EventBus()
        with bus.subscribe() as one, bus.subscribe() as other:
            for number in range(3):
                bus.publish(number)
            assert [await one.next() for _ in range(3)] == [0, 1, 2]
            assert await other.gather(0) == [0, 1, 2]
            assert await one.next(0.01) is None

    asyncio.run(run())


def test_a_slow_listener_loses_the_oldest_and_knows_it() -> None:
    async def run() -> None:
        bus = EventBus()
        with bus.subscribe(size=2) as slow:
            for number in range(5):
                bus.publish(number)
            assert (await slow.next(), await slow.next(), slow.lost) == (3, 4, 3)
        bus.publish("after leaving")
        assert await slow.next(0.01) is None

    asyncio.run(run())
