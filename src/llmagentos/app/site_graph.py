"""The node's site graph: kept up with what devices announce, with imported files beside it, questions and repairs by people.

What is slow has a thread of its own (reading, querying, checking) or a process (repairs), so nothing on the site waits for it.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from pyoxigraph import NamedNode, Triple

from llmagentos.knowledge.graph.check import CheckUnavailable, check
from llmagentos.knowledge.graph.discovered import discovered
from llmagentos.knowledge.graph.facts import site_facts, site_rules
from llmagentos.knowledge.graph.folder import GraphFolder
from llmagentos.knowledge.graph.imports import UnreadableGraph, imported
from llmagentos.knowledge.graph.links import Links, links, site_links
from llmagentos.knowledge.graph.store import Change, QueryError, SiteGraph
from llmagentos.knowledge.graph.vocabulary import BRICK, INVERSES, TYPE
from llmagentos.messages import Clock
from llmagentos.messages.snapshot import SiteLinks, Snapshot
from llmagentos.reasoning import Network, RuleError
from llmagentos.reasoning.proofs import Proof, proof
from llmagentos.reasoning.readable import matching, parse_pattern, parse_rules, told

if TYPE_CHECKING:
    from llmagentos.reasoning.repairs.proposals import Proposal

DISCOVERY, ACCEPTED = "discovery", "accepted"
OWN = (DISCOVERY, ACCEPTED)
SETTLED_S = 5.0
"""What devices announce is drawn when nothing has been announced for so long."""
QUERY_S = 10.0
LONGEST_NAME = 200
"""Of a source, as its file is called."""
MOST_PROOFS = 20
_log = logging.getLogger(__name__)
_T = TypeVar("_T")


class GraphRefused(ValueError):
    """What was asked of the graph cannot be done, and why, in a sentence."""


class SiteGraphKeeper:
    """Owns the graph and its folder. One change at a time; queries run beside it."""

    def __init__(
        self, folder: Path, site_name: str, snapshot: Callable[[], Snapshot], clock: Clock,
        drawn: Callable[[SiteLinks | None], None] = lambda _: None,
    ) -> None:  # fmt: skip
        """`drawn` is told what the imported files say, whenever that changes."""
        self._folder, self._site_name, self._snapshot, self._clock = GraphFolder(folder), site_name, snapshot, clock
        self._drawn = drawn
        self._graph: SiteGraph | None = None
        self._changing, self._querying = asyncio.Lock(), asyncio.Semaphore(1)
        self._proposals: list[Proposal] = []
        self._names: dict[str, NamedNode] = {}

    async def follow(self) -> None:
        """Draw the site anew whenever what is announced has come to rest. Never ends."""
        drawn, seen = -1, -1
        while True:
            structure = self._snapshot().structure
            if structure != drawn and structure == seen:
                await self.draw()
                drawn = structure
            seen = structure
            await asyncio.sleep(SETTLED_S)

    async def draw(self) -> None:
        """What devices announce, as it is now."""
        await self._put(DISCOVERY, lambda: discovered(self._snapshot(), self._site_name), "what devices announce")

    async def sources(self) -> dict[str, int]:
        """Each source and how many triples it says."""
        return await asyncio.to_thread((await self._loaded()).sources)

    async def read(self, name: str, content: bytes, suffix: str) -> dict[str, Any]:
        """A file becomes the source of that name, in the place of what it said before. Raises: GraphRefused."""
        if not name or name in OWN or len(quote(name, safe="")) > LONGEST_NAME:
            raise GraphRefused(f"a source cannot be called {name[:40]!r}; choose another, shorter name with --name")
        try:
            found = await asyncio.to_thread(imported, content, suffix, name)
        except UnreadableGraph as error:
            raise GraphRefused(str(error)) from error
        change = await self._put(name, lambda: list(found.triples), f"{name}{suffix}")
        return {"triples": len(found.triples), **change, "remarks": list(found.remarks)}

    async def drop(self, name: str) -> dict[str, int]:
        """A source says nothing any more. Raises: GraphRefused."""
        graph = await self._loaded()
        if name == DISCOVERY or name not in await asyncio.to_thread(graph.sources):
            raise GraphRefused(f"there is no imported source {name!r}; `agentos graph sources` lists them")
        async with self._changing:
            change = await asyncio.to_thread(graph.drop, name, self._clock.now())
            await self._save(graph, name)
            await self._draw_up(graph)
        return asdict(change)

    async def query(self, sparql: str) -> dict[str, Any]:
        """Columns and rows. Raises: GraphRefused, after ten seconds too."""
        graph = await self._loaded()
        try:
            return asdict(await self._limited(graph.query, sparql))
        except QueryError as error:
            raise GraphRefused(str(error)) from error

    async def _limited(self, work: Callable[..., _T], *arguments: Any) -> _T:
        """In a thread that nothing waits for: neither after ten seconds nor when the node ends. Raises: GraphRefused."""
        if self._querying.locked():
            raise GraphRefused("another question is still at work; wait for it, or restart the node to end it")
        await self._querying.acquire()
        loop = asyncio.get_running_loop()
        running: asyncio.Future[_T] = loop.create_future()
        running.add_done_callback(lambda _: self._querying.release())
        Thread(target=_finish, args=(loop, running, work, arguments), daemon=True).start()
        try:
            return await asyncio.wait_for(asyncio.shield(running), QUERY_S)
        except TimeoutError as error:
            running.add_done_callback(lambda done: done.exception())  # nobody waits for it any more
            raise GraphRefused(f"this takes longer than {QUERY_S:.0f} s; ask for less, or add LIMIT") from error

    async def said(self) -> list[Triple]:
        """What all sources say now."""
        graph = await self._loaded()

        def everything() -> list[Triple]:
            return [triple for source in graph.sources() for triple in graph.triples(source)]

        return await asyncio.to_thread(everything)

    async def findings(self, shapes: str | None) -> list[dict[str, str]]:
        """What departs from the shapes. Raises: GraphRefused."""
        try:
            return [asdict(one) for one in await asyncio.to_thread(check, await self.said(), shapes)]
        except (CheckUnavailable, ValueError) as error:
            raise GraphRefused(str(error)) from error

    async def prove(self, question: str, rules: str) -> dict[str, Any]:
        """What follows from the site and the rules, each with its proof. Raises: GraphRefused."""
        graph = await self._loaded()
        try:
            return await self._limited(_proved, question, rules, graph, self._snapshot())
        except RuleError as error:
            raise GraphRefused(str(error)) from error

    async def repairs(self) -> list[dict[str, Any]]:
        """What may be missing or wrong in what was imported, the surest first; numbered for `accept`."""
        from llmagentos.reasoning.repairs.proposals import (  # numpy, for which nobody else waits
            propose,
            propose_classes,
        )

        known = await asyncio.to_thread(_imported_links, await self._loaded())
        found = await _aside(propose, known.classes, known.links)
        found += await _aside(propose_classes, known.classes, known.links)
        self._proposals, self._names = sorted(found, key=lambda one: -one.confidence), known.names
        return [{"number": number, **asdict(one)} for number, one in enumerate(self._proposals, 1)]

    async def similar(self, name: str) -> list[dict[str, Any]]:
        """What is like a thing of the imported files, and what both are linked to. Raises: GraphRefused."""
        from llmagentos.reasoning.links.similar import similar  # numpy, for which nobody else waits

        known = await asyncio.to_thread(_imported_links, await self._loaded())
        if name not in known.classes and not any(name in (head, tail) for head, _, tail in known.links):
            raise GraphRefused(f"nothing imported is called {name!r}")
        return [asdict(one) for one in await _aside(similar, known.classes, known.links, name)]

    async def accept(self, number: int) -> dict[str, Any]:
        """A person wants a repair. Raises: GraphRefused."""
        if not 1 <= number <= len(self._proposals):
            raise GraphRefused("there is no such proposal; `agentos graph repairs` numbers them")
        proposal, graph = self._proposals[number - 1], await self._loaded()
        said = self._of(proposal)
        if proposal.change == "add":
            changed = await self._put(
                ACCEPTED, lambda: [*graph.triples(ACCEPTED), said[0]], "proposals that were accepted"
            )
        else:
            changed = {"added": 0, "removed": 0}
            for source in [one for one in await asyncio.to_thread(graph.sources) if one != DISCOVERY]:
                done = await self._put(source, partial(_without, graph, source, said), source)
                changed = {name: changed[name] + done[name] for name in changed}
        if not any(changed.values()):
            raise GraphRefused("nothing changed: it is so already, or the files have changed; ask for repairs again")
        return asdict(proposal)

    def _of(self, proposal: "Proposal") -> list[Triple]:
        """The triples that say a link: one way, and the other where it has two."""
        head, relation, tail = proposal.link
        if relation == "type":
            return [Triple(self._names[head], NamedNode(TYPE), NamedNode(BRICK + tail))]
        both = [Triple(self._names[head], NamedNode(BRICK + relation), self._names[tail])]
        if relation in INVERSES:
            both.append(Triple(self._names[tail], NamedNode(BRICK + INVERSES[relation]), self._names[head]))
        return both

    async def _put(self, source: str, triples: Callable[[], list[Triple]], origin: str) -> dict[str, int]:
        """What a source says becomes what `triples` gives, which is asked when nothing else changes."""
        graph = await self._loaded()

        def put() -> Change:
            return graph.put(source, triples(), self._clock.now(), origin)

        async with self._changing:
            change = await asyncio.to_thread(put)
            if change.added or change.removed or source not in OWN:
                await self._draw_up(graph)
                await self._save(graph, source)
        return asdict(change)

    async def _save(self, graph: SiteGraph, source: str) -> None:
        """To disk. Raises: GraphRefused where the disk takes nothing: what changed holds until the node ends."""
        try:
            await asyncio.to_thread(self._folder.save, graph, source)
        except OSError as error:
            raise GraphRefused(f"{source} could not be written down ({error.strerror}); it holds until the node ends, then say it again") from error  # fmt: skip

    async def _draw_up(self, graph: SiteGraph) -> None:
        self._drawn(await asyncio.to_thread(_imported, graph))

    async def _loaded(self) -> SiteGraph:
        async with self._changing:
            if self._graph is None:
                self._graph = await asyncio.to_thread(self._folder.load)
                await self._draw_up(self._graph)
            return self._graph


async def _aside(work: Callable[..., _T], *arguments: Any) -> _T:
    """Run in a process of its own, which ends with it."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return await asyncio.get_running_loop().run_in_executor(pool, work, *arguments)


def _without(graph: SiteGraph, source: str, said: list[Triple]) -> list[Triple]:
    return [one for one in graph.triples(source) if one not in said]


def _imported_links(graph: SiteGraph) -> Links:
    """What imported files and accepted repairs say."""
    return links(one for source in graph.sources() if source != DISCOVERY for one in graph.triples(source))


def _imported(graph: SiteGraph) -> SiteLinks | None:
    """The same as questions see it, with its indexes made."""
    found = site_links(_imported_links(graph))
    if found is not None:
        _ = found.onward, found.backward, found.things
    return found


def _proved(question: str, rules: str, graph: SiteGraph, snapshot: Snapshot) -> dict[str, Any]:
    pattern, known = parse_pattern(question), parse_rules(site_rules())
    own = [replace(one, name=f"your rule on {one.name}") for one in parse_rules(rules)]
    network = Network([*(replace(one, name=f"site rule on {one.name}") for one in known), *own])
    network.update(site_facts(_imported(graph), snapshot))
    found = matching(pattern, network.facts(pattern.relation))
    texts = {one.name: one for one in network.rules()}
    return {
        "count": len(found),
        "proofs": [_tree(one) for fact in sorted(found, key=str)[:MOST_PROOFS] if (one := proof(network, fact)) is not None],
        "relations": [] if found or pattern.relation in {one.head.relation for one in texts.values()} else sorted({str(one[0]) for one in site_facts(_imported(graph), snapshot)}),
    }  # fmt: skip


def _tree(one: Proof) -> dict[str, Any]:
    return {"fact": told(one.fact), "rule": one.rule, "because": [_tree(each) for each in one.because]}


def _finish(
    loop: asyncio.AbstractEventLoop, future: "asyncio.Future[_T]", work: Callable[..., _T], arguments: tuple[Any, ...]
) -> None:
    """Work, and hand over what came of it, if anybody is still there."""

    def give(set_: Callable[[Any], None], result: Any) -> None:
        if not future.done():
            set_(result)

    with contextlib.suppress(RuntimeError):  # the loop has ended
        try:
            result = work(*arguments)
        except Exception as error:  # whoever asked gets it
            loop.call_soon_threadsafe(give, future.set_exception, error)
        else:
            loop.call_soon_threadsafe(give, future.set_result, result)
