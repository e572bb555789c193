"""Starting and stopping everything a site needs: broker, simulated site, model worker, node, local socket."""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from llmagentos.agent.ports import Deciding
from llmagentos.app.node import Node, NoModel
from llmagentos.app.ports import WorkerModel
from llmagentos.app.sitefile import read_yaml, site_config
from llmagentos.devices.broker import LocalBroker
from llmagentos.devices.mqtt import MqttClient
from llmagentos.inference.client import ModelWorker
from llmagentos.inference.decision import Bounds
from llmagentos.inference.store import ModelStore
from llmagentos.language import GrammarError
from llmagentos.messages import Clock, codec
from llmagentos.messages.records import Utterance
from llmagentos.messages.snapshot import Speaker

SOCKET = "node.sock"
MAX_REQUEST = 1 << 20


@asynccontextmanager
async def deciding(models: ModelStore, model: str) -> AsyncIterator[Deciding]:
    """The model in its worker process, ended with the context; a stand-in that says why where it is not here."""
    path = models.path(model)
    if path is None:
        yield NoModel(f"the model {model} is not here; fetch it with `agentos models fetch {model}`")
        return
    worker = ModelWorker(path)
    try:
        yield WorkerModel(worker, Bounds())
    finally:
        await worker.close()


@asynccontextmanager
async def running(
    site_file: Path,
    folder: Path,
    decider: Deciding,
    *,
    simulate: bool,
    clock: Clock | None = None,
    tell: Callable[[str], None] = lambda _text: None,
) -> AsyncIterator[Node]:
    """A running site. Raises: SiteFileError, BrokerFailed, BrokerGone, JournalFailed, PolicyBroken: each says what to do."""
    data = await asyncio.to_thread(read_yaml, site_file)
    site = site_config(data, site_file)
    async with contextlib.AsyncExitStack() as stack:
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
                sys.executable, "-m", "llmagentos.devices.simulation", str(site_file), address.host, str(address.port)
            )
            stack.push_async_callback(process.wait)
            stack.callback(_kill, process)
        client = MqttClient(address, f"agentos-{site.node}")
        await client.connect()
        stack.push_async_callback(client.close)
        node = Node(site, folder, client, decider, clock=clock)
        await node.start()
        stack.push_async_callback(node.close)
        server = await serve(node, folder / SOCKET)
        stack.callback(server.close)
        yield node


def _kill(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.kill()


async def serve(node: Node, path: Path) -> asyncio.Server:
    """The local socket: one JSON request a line, one JSON answer a line; readable by this user alone."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, ValueError, asyncio.IncompleteReadError):
            while line := await reader.readline():
                answer = await handle(node, line)
                writer.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
                await writer.drain()
        writer.close()

    path.unlink(missing_ok=True)
    server = await asyncio.start_unix_server(talk, path, limit=MAX_REQUEST)
    path.chmod(0o600)
    return server


async def handle(node: Node, line: bytes) -> dict[str, Any]:
    """One request, answered: `{"result": ...}` or `{"error": sentence}`."""
    try:
        request = json.loads(line)
        operation = _OPERATIONS[request["op"]]
        return {"result": await operation(node, request)}
    except GrammarError as error:
        return {"error": str(error)}
    except (KeyError, TypeError, ValueError) as error:
        return {"error": f"bad request: {error}"}


def _speaker(request: dict[str, Any]) -> Speaker:
    return Speaker(str(request.get("principal", "owner")), request.get("area"), str(request.get("session", "main")))


async def _say(node: Node, request: dict[str, Any]) -> Any:
    return asdict(await node.say(str(request["words"]), _speaker(request)))


async def _do(node: Node, request: dict[str, Any]) -> Any:
    return asdict(await node.do(str(request["sentence"]), _speaker(request), wait=request.get("wait", True)))


async def _consent(node: Node, request: dict[str, Any]) -> Any:
    return asdict(
        await node.consent(str(request["request"]), request["granted"] is True, str(request.get("principal", "owner")))
    )


async def _devices(node: Node, _request: dict[str, Any]) -> Any:
    return [
        {"id": one.id, "class": one.entity_class, "name": one.name, "area": one.area, "online": one.online,
         "values": {name: held.value for name, held in one.values.items()}}
        for one in node.snapshot().entities.values()
    ]  # fmt: skip


async def _why(node: Node, request: dict[str, Any]) -> Any:
    chain = []
    for record in node.journal.chain(str(request["record"])):
        words = node.journal.words(record.words) if isinstance(record, Utterance) else None
        chain.append({**codec.encode(record), **({"said": words} if words else {})})
    return chain


async def _stop(node: Node, request: dict[str, Any]) -> Any:
    await node.stop_all(request["stopped"] is True, str(request.get("principal", "owner")))
    return {"stopped": request["stopped"] is True}


_OPERATIONS = {"say": _say, "do": _do, "consent": _consent, "devices": _devices, "why": _why, "stop": _stop}


async def call(folder: Path, request: dict[str, Any]) -> Any:
    """Ask a running node. Raises: ConnectionError if none runs there, ValueError with the node's own words."""
    try:
        reader, writer = await asyncio.open_unix_connection(folder / SOCKET, limit=16 * MAX_REQUEST)
    except OSError as error:
        raise ConnectionError("no node is running here; start one with `agentos demo` or `agentos run SITE`") from error
    writer.write(json.dumps(request, ensure_ascii=False).encode() + b"\n")
    await writer.drain()
    answer = json.loads(await reader.readline() or b'{"error": "the node went away"}')
    writer.close()
    if "error" in answer:
        raise ValueError(answer["error"])
    return answer["result"]
