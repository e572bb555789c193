"""Starting and stopping everything a site needs: broker, simulated site, model worker, node, local socket."""

import asyncio
import contextlib
import fcntl
import logging
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from llmagentos.agent.confidence import UNTRAINED, Calibration
from llmagentos.agent.ports import Deciding
from llmagentos.agent.prompt import static_part
from llmagentos.app.adapters import chosen_model
from llmagentos.app.heartbeat import last_will
from llmagentos.app.local_socket import SOCKET, serve
from llmagentos.app.node import Node
from llmagentos.app.ports import NoModel, ServerModel, WorkerModel
from llmagentos.app.sitefile import read_yaml, site_config
from llmagentos.devices.broker import LocalBroker
from llmagentos.devices.child import end_with_parent
from llmagentos.devices.mqtt import MqttClient
from llmagentos.inference.client import ModelWorker
from llmagentos.inference.compiling import compile_model
from llmagentos.inference.decision import Bounds
from llmagentos.inference.llamacpp import installed
from llmagentos.inference.openai import OpenAiServer
from llmagentos.inference.ports import ModelUnavailable
from llmagentos.inference.store import ModelStore
from llmagentos.messages import Clock

WARM_S = 120.0
_log = logging.getLogger(__name__)


@asynccontextmanager
async def deciding(
    models: ModelStore,
    model: str,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
    *,
    strict: bool = False,
) -> AsyncIterator[Deciding]:
    """The model in its worker process, ended with the context; a stand-in that says why where it is not here.

    A model that is used for the first time is compiled, with `progress`; one that our compiler does not know is run by
    llama.cpp where that is installed, unless this is `strict`: then nothing takes the place of what was named.
    """
    if model.startswith(("http://", "https://")):
        base, _, name = model.partition("#")
        yield ServerModel(OpenAiServer(base, name or "default", key=os.environ.get("AGENTOS_SERVER_KEY")))
        return
    try:
        chosen = chosen_model(models, model)
    except ModelUnavailable as error:
        yield NoModel(str(error))
        return
    trained, runnable = chosen.trained, chosen.file
    try:
        runnable = await compile_model(chosen.file, models.folder, progress, chosen.adapter)
    except ModelUnavailable as error:
        if chosen.released:
            _log.warning("the release of %s cannot be compiled, the adapter that ships is used: %s", model, error)
            async with deciding(models, f"{model}@shipped", progress) as shipped:
                yield shipped
            return
        if strict:
            raise
        if chosen.file.is_dir() or not installed():
            yield NoModel(f"{error}; llama.cpp may know it: pip install 'llmagentos[llamacpp]'")
            return
        trained = False  # llama.cpp runs the file as it is
    worker = ModelWorker(runnable)
    warming = asyncio.create_task(_warm(worker, trained=trained))
    try:
        yield _model(worker, chosen.adapter if trained else None, chosen.calibration if trained else UNTRAINED)
    finally:
        warming.cancel()
        await worker.close()
        await asyncio.gather(warming, return_exceptions=True)


def _model(worker: ModelWorker, adapter: Path | None, calibration: Calibration) -> WorkerModel:
    """With a judge where there are heads beside the adapter."""
    trained = adapter is not None
    if adapter is not None and (adapter / "judge.npz").exists():
        from llmagentos.app.judging import JudgingModel, heads_of  # numpy, for which no other command waits
        from llmagentos.inference.head import DamagedHead

        try:
            return JudgingModel(worker, Bounds(), heads_of(adapter), trained=trained, calibration=calibration)
        except (DamagedHead, OSError) as error:
            _log.warning("what the senses notice is not judged: %s", error)
    return WorkerModel(worker, Bounds(), trained=trained, calibration=calibration)


async def _warm(worker: ModelWorker, *, trained: bool) -> None:
    """Load the model and read the static part of every prompt, so that the first person does not wait for it."""
    with contextlib.suppress(ModelUnavailable):  # the first question says it
        await worker.read((*static_part(trained=trained), ("user", ("",))), deadline_s=WARM_S)


class FolderInUse(Exception):
    """Another node keeps its journal there. The message says what to do."""


@contextlib.contextmanager
def owned(folder: Path) -> Iterator[None]:
    """The folder is this node's alone while the context lasts: one writer of one journal. Raises: FolderInUse."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise FolderInUse(
                f"a node already runs on {folder}; stop it, or give this one a folder of its own with --data"
            ) from error
        yield


@asynccontextmanager
async def running(
    site_file: Path,
    folder: Path,
    decider: Deciding,
    *,
    simulate: bool,
    bigger: Deciding | None = None,
    clock: Clock | None = None,
    tell: Callable[[str], None] = lambda _text: None,
) -> AsyncIterator[Node]:
    """A running site. Raises: SiteFileError, FolderInUse, BrokerFailed, BrokerGone, JournalFailed, PolicyBroken: each says what to do."""
    data = await asyncio.to_thread(read_yaml, site_file)
    site = site_config(data, site_file)
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(owned(folder))
        if site.broker is None or simulate:
            broker = LocalBroker(folder / "broker")
            await broker.start()
            stack.push_async_callback(broker.stop)
            tell(f"broker: {broker.kind} on 127.0.0.1:{broker.port}")
            address = broker.address
        else:
            address = site.broker
        if simulate:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "llmagentos.devices.simulation", str(site_file), address.host, str(address.port),
                preexec_fn=end_with_parent,
            )  # fmt: skip
            stack.push_async_callback(process.wait)
            stack.callback(_kill, process)
        client = MqttClient(address, f"agentos-{site.node}", will=last_will(site.agentos_base, site.node))
        await client.connect()
        stack.push_async_callback(client.close)
        node = Node(site, folder, client, decider, bigger=bigger, clock=clock)
        await node.start()
        stack.push_async_callback(node.close)
        server = await serve(node, folder / SOCKET)
        stack.callback(server.close)
        yield node


def _kill(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.kill()
