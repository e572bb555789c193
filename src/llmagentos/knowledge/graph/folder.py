"""The site graph on disk: a file a source, which anybody can read, and one for what was once said. Written whole, so a cut loses nothing."""

import logging
import os
from pathlib import Path
from urllib.parse import quote, unquote

from pyoxigraph import RdfFormat, serialize

from llmagentos.knowledge.graph.store import PAST, SiteGraph, graph_of

_log = logging.getLogger(__name__)
_ENDING, _PAST_FILE = ".nt", "past.nq"


class GraphFolder:
    """Owns one folder. `load` once, then `save` after each change."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> SiteGraph:
        """What was saved; a file that something else has written is left out, which the log says. Raises: OSError."""
        graph = SiteGraph()
        for file in sorted(self._path.glob(f"*{_ENDING}")):
            source = graph_of(unquote(file.name.removesuffix(_ENDING)))
            try:
                graph.store.bulk_load(path=str(file), format=RdfFormat.N_TRIPLES, to_graph=source)
            except SyntaxError as error:
                _log.error("%s holds no graph and is left out: %s", file, error)
                continue
            graph.store.add_graph(source)
        past = self._path / _PAST_FILE
        if past.exists():
            try:
                graph.store.bulk_load(path=str(past), format=RdfFormat.N_QUADS)
            except SyntaxError as error:
                _log.error("%s cannot be read, what was once so is not known: %s", past, error)
        graph.turn_all()
        return graph

    def save(self, graph: SiteGraph, source: str) -> None:
        """What a source says, and the past. A source that is gone has no file."""
        self._path.mkdir(parents=True, exist_ok=True)
        file = self._path / f"{quote(source, safe='')}{_ENDING}"
        past = graph.store.quads_for_pattern(None, None, None, PAST)
        self._write(self._path / _PAST_FILE, serialize(past, format=RdfFormat.N_QUADS))
        if graph.store.contains_named_graph(graph_of(source)):
            self._write(file, serialize(graph.triples(source), format=RdfFormat.N_TRIPLES))
        else:
            file.unlink(missing_ok=True)

    def _write(self, file: Path, content: bytes | None) -> None:
        new = file.with_name(file.name + ".new")
        with new.open("wb") as out:
            out.write(content or b"")
            out.flush()
            os.fsync(out.fileno())
        new.replace(file)
