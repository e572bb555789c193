"""The page's server: static files, the node's protocol over POST, one stream of what changes.

It listens on loopback. Who opens the printed address gets a cookie for its key; without it nothing is answered, so other
users of the machine and pages of other sites (rebinding names, forged forms) cannot reach the house.
"""

import asyncio
import contextlib
import hmac
import json
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import resources
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from llmagentos.app.feed import follow
from llmagentos.app.node import Node
from llmagentos.app.operations import MAX_REQUEST, handle

PORT = 8734
COOKIE = "agentos-{port}"
"""Cookies know no ports: two nodes on one machine must not overwrite each other's."""
KEY_LENGTH = 16
STATIC = Path(str(resources.files("llmagentos"))) / "interfaces" / "web" / "static"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class KeyRequired:
    """Lets requests pass that carry the key as a cookie; the key in the address is exchanged for one."""

    def __init__(self, app: ASGIApp, key: str, cookie: str) -> None:
        self._app, self._key, self._cookie = app, key.encode(), cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        offered = request.query_params.get("key")
        if offered is not None and hmac.compare_digest(offered.encode(), self._key):
            answer = RedirectResponse("/", status_code=303)
            answer.set_cookie(self._cookie, offered, max_age=365 * 86400, httponly=True, samesite="strict")
            await answer(scope, receive, send)
        elif hmac.compare_digest(request.cookies.get(self._cookie, "").encode(), self._key):
            await self._app(scope, receive, send)
        else:
            sentence = "Open the address that `agentos` printed when it started: it holds the key to this house.\n"
            await PlainTextResponse(sentence, status_code=403)(scope, receive, send)


def application(node: Node, key: str, port: int) -> Starlette:
    """The ASGI application of one node."""

    async def index(_request: Request) -> PlainTextResponse:
        text = (STATIC / "index.html").read_text(encoding="utf-8")
        return PlainTextResponse(text, media_type="text/html", headers=_HEADERS)

    async def api(request: Request) -> JSONResponse:
        if not _plausible(request.headers):
            return JSONResponse({"error": "requests are JSON, at most 1 MB, from this page alone"}, status_code=400)
        return JSONResponse(await handle(node, await request.body()))

    async def events(_request: Request) -> StreamingResponse:
        headers = {**_HEADERS, "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(_stream(node), media_type="text/event-stream", headers=headers)

    return Starlette(
        routes=[Route("/", index), Route("/api", api, methods=["POST"]), Route("/events", events), Mount("/static", StaticFiles(directory=STATIC))],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"]), Middleware(KeyRequired, key=key, cookie=COOKIE.format(port=port))],
    )  # fmt: skip


def _plausible(headers: Headers) -> bool:
    size = headers.get("content-length", "")
    return headers.get("content-type") == "application/json" and size.isdigit() and int(size) <= MAX_REQUEST


async def _stream(node: Node) -> AsyncIterator[str]:
    async for event in follow(node):
        yield f"data: {json.dumps(event, ensure_ascii=False)}\n\n"


@asynccontextmanager
async def page(node: Node, folder: Path, port: int = PORT) -> AsyncIterator[str]:
    """The page of a node while the context lasts; gives the address to open. Takes a free port where its own is in use."""
    key = _key(folder / "page.key")
    listener = _listen(port)
    used = listener.getsockname()[1]
    settings = uvicorn.Config(
        application(node, key, used), log_level="error", lifespan="off", timeout_graceful_shutdown=1
    )
    server = _Server(settings)
    task = asyncio.create_task(server.serve([listener]))
    try:
        yield f"http://127.0.0.1:{used}/?key={key}"
    finally:
        server.should_exit = True
        await task
        listener.close()


class _Server(uvicorn.Server):
    """Leaves Ctrl-C to the command line."""

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]
        yield


def _listen(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError:
        listener.bind(("127.0.0.1", 0))
    listener.listen()  # who opens the address at once waits in line instead of being refused
    return listener


def _key(file: Path) -> str:
    """The key of this site's page: drawn once, readable by this user alone, so that bookmarks keep working."""
    known = file.read_text(encoding="ascii").strip() if file.is_file() else ""
    if len(known) >= KEY_LENGTH:
        return known
    key = secrets.token_urlsafe(KEY_LENGTH)
    fresh = file.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(key, encoding="ascii")
    fresh.replace(file)
    return key
