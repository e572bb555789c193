"""A broker for the site: the owner's if configured, else mosquitto from PATH, else an embedded one. Loopback only."""

import asyncio
import contextlib
import logging
import shutil
import socket
import sys
from pathlib import Path

from llmagentos.devices.child import end_with_parent
from llmagentos.messages.site import BrokerAddress

START_DEADLINE_S = 15.0
RESTART_DELAY_S = 1.0
_log = logging.getLogger(__name__)


class BrokerFailed(Exception):
    """A broker could not be started. The message says what to do."""


class LocalBroker:
    """A broker process of our own on a free port of the loopback interface; if it dies it is started again, on that port."""

    def __init__(self, folder: Path, *, kind: str | None = None, port: int = 0) -> None:
        self._folder = folder
        self.kind = kind or ("mosquitto" if mosquitto() else "embedded")
        self.port = port or free_port()
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None

    @property
    def address(self) -> BrokerAddress:
        """Where it listens."""
        return BrokerAddress("127.0.0.1", self.port)

    @property
    def pid(self) -> int | None:
        """Its process, if one runs."""
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    async def start(self) -> None:
        """Start and wait until it accepts connections. Raises: BrokerFailed."""
        await self._spawn()
        self._keeper = asyncio.create_task(self._keep())

    async def _keep(self) -> None:
        while self._process is not None:
            await self._process.wait()
            _log.warning("the %s broker ended by itself; it is started again", self.kind)
            await asyncio.sleep(RESTART_DELAY_S)
            try:
                await self._spawn()
            except BrokerFailed as error:
                _log.error("%s", error)
                return

    async def _spawn(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        log = self._folder / "broker.log"
        with log.open("ab") as out:
            self._process = await asyncio.create_subprocess_exec(
                *self._command(), stdout=out, stderr=out, preexec_fn=end_with_parent
            )
        deadline = asyncio.get_running_loop().time() + START_DEADLINE_S
        while not _accepts(self.port):
            if self._process.returncode is not None or asyncio.get_running_loop().time() > deadline:
                await self._end()
                raise BrokerFailed(f"the {self.kind} broker did not start; its log is {log}")
            await asyncio.sleep(0.05)

    async def stop(self) -> None:
        """End the process for good."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        await self._end()

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 5)
            except TimeoutError:
                process.kill()
                await process.wait()

    def _command(self) -> list[str]:
        if self.kind == "embedded":
            return [sys.executable, "-m", "llmagentos.devices.embedded_broker", str(self.port)]
        config = self._folder / "mosquitto.conf"
        config.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence false\nmax_queued_messages 10000\n"
        )
        program = mosquitto()
        if program is None:
            raise BrokerFailed("mosquitto is not installed: apt-get install mosquitto, or use the embedded broker")
        return [program, "-c", str(config)]


def mosquitto() -> str | None:
    """The mosquitto program; Debian keeps it outside a user's PATH."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


def free_port() -> int:
    """A port that is free now on the loopback interface."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0
