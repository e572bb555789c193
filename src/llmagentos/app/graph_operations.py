"""What can be asked of the site graph by the node's protocol: `op` graph with a `do`."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from llmagentos.app.site_graph import GraphRefused, SiteGraphKeeper

MOST_BYTES = 1 << 30


async def graph_operation(keeper: SiteGraphKeeper, request: dict[str, Any]) -> Any:
    """Carry out one. Raises: GraphRefused; KeyError and the like for a request that is none."""
    work = _WORK.get(request["do"])
    if work is None:
        raise GraphRefused(f"the graph cannot {request['do']!r}; it can {', '.join(_WORK)}")
    return await work(keeper, request)


async def _sources(keeper: SiteGraphKeeper, _request: dict[str, Any]) -> Any:
    return await keeper.sources()


async def _query(keeper: SiteGraphKeeper, request: dict[str, Any]) -> Any:
    return await keeper.query(str(request["sparql"]))


async def _import(keeper: SiteGraphKeeper, request: dict[str, Any]) -> Any:
    """The file at `path` becomes the source `name`, or one of the file's own name."""
    file = Path(str(request["path"]))
    try:
        if not file.is_file() or file.stat().st_size > MOST_BYTES:
            raise GraphRefused(f"{file} is no file of at most {MOST_BYTES >> 20} MB")
        content = await asyncio.to_thread(file.read_bytes)
    except OSError as error:
        raise GraphRefused(f"{file} cannot be read: {error.strerror}") from error
    return await keeper.read(str(request.get("name") or file.stem), content, file.suffix)


async def _drop(keeper: SiteGraphKeeper, request: dict[str, Any]) -> Any:
    return await keeper.drop(str(request["name"]))


async def _check(keeper: SiteGraphKeeper, request: dict[str, Any]) -> Any:
    shapes = request.get("shapes")
    return await keeper.findings(None if shapes is None else str(shapes))


async def _prove(keeper: SiteGraphKeeper, request: dict[str, Any]) -> Any:
    return await keeper.prove(str(request["question"]), str(request.get("rules") or ""))


async def _similar(keeper: SiteGraphKeeper, request: dict[str, Any]) -> Any:
    return await keeper.similar(str(request["name"]))


async def _repairs(keeper: SiteGraphKeeper, _request: dict[str, Any]) -> Any:
    return await keeper.repairs()


async def _accept(keeper: SiteGraphKeeper, request: dict[str, Any]) -> Any:
    return await keeper.accept(int(request["number"]))


_WORK: dict[str, Callable[[SiteGraphKeeper, dict[str, Any]], Awaitable[Any]]] = {
    "sources": _sources, "query": _query, "import": _import, "drop": _drop, "check": _check, "prove": _prove, "similar": _similar, "repairs": _repairs, "accept": _accept,
}  # fmt: skip
