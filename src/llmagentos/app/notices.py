"""Telling people who are not looking: by push, mail or messenger, through Apprise. What could not be delivered is said.

Source of the address forms: github.com/caronc/apprise, "Supported Notifications".
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

DELIVERY_S = 30.0
MISSING = "telling phones needs one more package: pip install 'llmagentos[notify]'"


class Carrier(Protocol):
    """Delivers to one address; whether it arrived."""

    def __call__(self, address: str, title: str, text: str, /) -> bool: ...


class Notices:
    """The addresses of a site file. `fault(subject, problem, detail)` tells what did not arrive, without the secrets in an address."""

    def __init__(self, addresses: Sequence[str], title: str, fault: Callable[[str, str, str], Awaitable[object]], carrier: Carrier | None = None) -> None:  # fmt: skip
        self._addresses, self._title, self._fault = tuple(addresses), title, fault
        self._carrier = carrier or _apprise
        self._failing: set[int] = set()
        self.running: set[asyncio.Task[None]] = set()

    def tell(self, text: str) -> None:
        """On its way when this returns; nobody waits for a mail server."""
        for number, address in enumerate(self._addresses, 1):
            task = asyncio.create_task(self._deliver(number, address, text))
            self.running.add(task)
            task.add_done_callback(self.running.discard)

    @property
    def failing(self) -> bool:
        """Whether nobody can be reached: the last to every address did not arrive."""
        return bool(self._addresses) and len(self._failing) == len(self._addresses)

    async def _deliver(self, number: int, address: str, text: str) -> None:
        where = f"address {number} ({address.partition(':')[0]})"
        try:
            arrived = await asyncio.wait_for(asyncio.to_thread(self._carrier, address, self._title, text), DELIVERY_S)
        except ModuleNotFoundError:
            arrived, where = False, MISSING
        except (OSError, ValueError, TimeoutError) as error:
            arrived, where = False, f"{where}: {type(error).__name__}"
        if arrived:
            self._failing.discard(number)
        else:
            self._failing.add(number)
            await self._fault("notice", "not delivered", where)


def _apprise(address: str, title: str, text: str) -> bool:
    """Raises: ModuleNotFoundError where Apprise is not installed."""
    import apprise

    carrier = apprise.Apprise()
    return bool(carrier.add(address) and carrier.notify(title=title, body=text))
