"""The local socket: one JSON request a line, one JSON answer a line; readable by this user alone.

`{"op": "follow"}` is answered by an endless stream of lines, see `feed`.
"""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from llmagentos.app.feed import follow
from llmagentos.app.node import Node
from llmagentos.app.operations import MAX_REQUEST, handle

SOCKET = "node.sock"
LINE_LIMIT = 16 * MAX_REQUEST
NOBODY = "no node is running here; start one with `agentos demo` or `agentos run SITE`"


async def serve(node: Node, path: Path) -> asyncio.Server:
    """Listen until the server is closed."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ended = (ConnectionError, ValueError, asyncio.IncompleteReadError, asyncio.CancelledError)
        with contextlib.suppress(*ended):  # the node's end is no error of this conversation
            while line := await _line(reader, writer):
                if b'"follow"' in line and json.loads(line).get("op") == "follow":
                    async for event in follow(node):
                        await _write(writer, event)
                await _write(writer, await handle(node, line))
        writer.close()

    path.unlink(missing_ok=True)
    server = await asyncio.start_unix_server(talk, path, limit=MAX_REQUEST)
    path.chmod(0o600)
    return server


async def _line(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    """The next request. Raises: ValueError for one that is too long, after saying so."""
    try:
        return await reader.readline()
    except ValueError:
        await _write(writer, {"error": f"a request is one line of at most {MAX_REQUEST // 1024} KB"})
        raise


async def _write(writer: asyncio.StreamWriter, data: Any) -> None:
    writer.write(json.dumps(data, ensure_ascii=False).encode() + b"\n")
    await writer.drain()


async def call(folder: Path, request: dict[str, Any]) -> Any:
    """Ask a running node. Raises: ConnectionError if none runs there, ValueError with the node's own words."""
    reader, writer = await _connect(folder)
    await _write(writer, request)
    answer = json.loads(await reader.readline() or b'{"error": "the node went away"}')
    writer.close()
    if "error" in answer:
        raise ValueError(answer["error"])
    return answer["result"]


def running_nodes(base: Path) -> list[Path]:
    """The folders below a folder whose node answers."""
    return [one.parent for one in sorted(base.glob(f"*/{SOCKET}")) if _answers(one)]


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(str(path)) == 0


async def events(folder: Path) -> AsyncIterator[dict[str, Any]]:
    """What `follow` gives, from a running node. Raises: ConnectionError if none runs there or it goes away."""
    reader, writer = await _connect(folder)
    try:
        await _write(writer, {"op": "follow"})
        while line := await reader.readline():
            yield json.loads(line)
        raise ConnectionError("the node went away")
    finally:
        writer.close()


async def _connect(folder: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    try:
        return await asyncio.open_unix_connection(folder / SOCKET, limit=LINE_LIMIT)
    except OSError as error:
        raise ConnectionError(NOBODY) from error
