"""The node's site graph: kept up with what devices announce, with imported files beside it, questions and repairs by people.

What is slow has a thread of its own (reading, querying, checking) or a process (repairs), so nothing on the site waits for it.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, replace
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pyoxigraph import NamedNode, Triple

from llmagentos.knowledge.graph.check import CheckUnavailable, check
from llmagentos.knowledge.graph.discovered import discovered
from llmagentos.knowledge.graph.facts import site_facts, site_rules
from llmagentos.knowledge.graph.folder import GraphFolder
from llmagentos.knowledge.graph.imports import UnreadableGraph, imported
from llmagentos.knowledge.graph.links import links, site_links
from llmagentos.knowledge.graph.store import QueryError, SiteGraph
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
        await self._put(DISCOVERY, discovered(self._snapshot(), self._site_name), "what devices announce")

    async def sources(self) -> dict[str, int]:
        """Each source and how many triples it says."""
        return await asyncio.to_thread((await self._loaded()).sources)

    async def read(self, name: str, content: bytes, suffix: str) -> dict[str, Any]:
        """A file becomes the source of that name, in the place of what it said before. Raises: GraphRefused."""
        if not name or name in OWN:
            raise GraphRefused(f"a source cannot be called {name!r}; choose another name with --name")
        try:
            found = await asyncio.to_thread(imported, content, suffix, name)
        except UnreadableGraph as error:
            raise GraphRefused(str(error)) from error
        change = await self._put(name, list(found.triples), f"{name}{suffix}")
        return {"triples": len(found.triples), **change, "remarks": list(found.remarks)}

    async def drop(self, name: str) -> dict[str, int]:
        """A source says nothing any more. Raises: GraphRefused."""
        graph = await self._loaded()
        if name == DISCOVERY or name not in graph.sources():
            raise GraphRefused(f"there is no imported source {name!r}; `agentos graph sources` lists them")
        async with self._changing:
            change = await asyncio.to_thread(graph.drop, name, self._clock.now())
            await asyncio.to_thread(self._folder.save, graph, name)
            await self._draw_up(graph)
        return asdict(change)

    async def query(self, sparql: str) -> dict[str, Any]:
        """Columns and rows. Raises: GraphRefused, after ten seconds too."""
        graph = await self._loaded()
        if self._querying.locked():
            raise GraphRefused("another query is still at work; wait for it, or restart the node to end it")
        await self._querying.acquire()
        running = asyncio.ensure_future(asyncio.to_thread(graph.query, sparql))
        running.add_done_callback(lambda _: self._querying.release())
        try:
            found = await asyncio.wait_for(asyncio.shield(running), QUERY_S)
        except TimeoutError as error:
            running.add_done_callback(lambda done: done.exception())  # nobody waits for it any more
            raise GraphRefused(f"the query takes longer than {QUERY_S:.0f} s; ask for less, or add LIMIT") from error
        except QueryError as error:
            raise GraphRefused(str(error)) from error
        return asdict(found)

    async def said(self) -> list[Triple]:
        """What all sources say now."""
        graph = await self._loaded()
        return [triple for source in graph.sources() for triple in graph.triples(source)]

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
            return await asyncio.to_thread(_proved, question, rules, graph, self._snapshot())
        except RuleError as error:
            raise GraphRefused(str(error)) from error

    async def repairs(self) -> list[dict[str, Any]]:
        """What may be missing or wrong in what was imported, the surest first; numbered for `accept`."""
        from llmagentos.reasoning.repairs.proposals import (
            propose,
            propose_classes,
        )  # numpy, for which nobody else waits

        graph = await self._loaded()
        known = links(triple for source in graph.sources() if source != DISCOVERY for triple in graph.triples(source))
        found = await _aside(propose, known.classes, known.links)
        found += await _aside(propose_classes, known.classes, known.links)
        self._proposals = sorted(found, key=lambda one: -one.confidence)
        return [{"number": number, **asdict(one)} for number, one in enumerate(self._proposals, 1)]

    async def similar(self, name: str) -> list[dict[str, Any]]:
        """What is like a thing of the imported files, and what both are linked to. Raises: GraphRefused."""
        from llmagentos.reasoning.links.similar import similar  # numpy, for which nobody else waits

        graph = await self._loaded()
        known = links(triple for source in graph.sources() if source != DISCOVERY for triple in graph.triples(source))
        if name not in known.classes and not any(name in (head, tail) for head, _, tail in known.links):
            raise GraphRefused(f"nothing imported is called {name!r}")
        return [asdict(one) for one in await _aside(similar, known.classes, known.links, name)]

    async def accept(self, number: int) -> dict[str, Any]:
        """A person wants a repair. Raises: GraphRefused."""
        if not 1 <= number <= len(self._proposals):
            raise GraphRefused("there is no such proposal; `agentos graph repairs` numbers them")
        proposal, graph = self._proposals[number - 1], await self._loaded()
        triples = await asyncio.to_thread(self._of, proposal, graph)
        if proposal.change == "add":
            await self._put(ACCEPTED, [*graph.triples(ACCEPTED), triples[0]], "proposals that were accepted")
        else:
            for source in graph.sources():
                kept = [one for one in graph.triples(source) if one not in triples]
                if source != DISCOVERY and len(kept) < sum(1 for _ in graph.triples(source)):
                    await self._put(source, kept, source)
        return asdict(proposal)

    def _of(self, proposal: "Proposal", graph: SiteGraph) -> list[Triple]:
        """The triples that say a link: one way, and the other where it has two."""
        names = links(triple for source in graph.sources() for triple in graph.triples(source)).names
        head, relation, tail = proposal.link
        if relation == "type":
            return [Triple(names[head], NamedNode(TYPE), NamedNode(BRICK + tail))]
        both = [Triple(names[head], NamedNode(BRICK + relation), names[tail])]
        if relation in INVERSES:
            both.append(Triple(names[tail], NamedNode(BRICK + INVERSES[relation]), names[head]))
        return both

    async def _put(self, source: str, triples: list[Triple], origin: str) -> dict[str, int]:
        graph = await self._loaded()
        async with self._changing:
            change = await asyncio.to_thread(graph.put, source, triples, self._clock.now(), origin)
            if change.added or change.removed or source not in OWN:
                await asyncio.to_thread(self._folder.save, graph, source)
                await self._draw_up(graph)
        return asdict(change)

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


def _imported(graph: SiteGraph) -> SiteLinks | None:
    """What imported files and accepted repairs say."""
    return site_links(links(one for source in graph.sources() if source != DISCOVERY for one in graph.triples(source)))


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
