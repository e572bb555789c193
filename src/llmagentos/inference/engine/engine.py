"""A Scorer and a Generator over one compiled model: every token of a tree of sentences is evaluated once.

A call names a prompt and the paths under it that matter. What the cache does not hold yet, of all of them, goes through
the model in one pass; hidden from each other, the paths are as exact as each alone. Prompts that begin alike share
that beginning from call to call; each kind of prompt (decisions, small talk) keeps a cache of its own.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from llmagentos.inference.chat import Chat, Message
from llmagentos.inference.compiler.artefact import Artefact
from llmagentos.inference.engine.cache import KeyValues
from llmagentos.inference.engine.decoder import Decoder
from llmagentos.inference.engine.sampling import sample
from llmagentos.inference.engine.tree import Node, TokenTree
from llmagentos.inference.ports import GREEDY, ModelUnavailable, Sampling
from llmagentos.inference.tokenizer import Tokenizer, Tokens
from llmagentos.inference.weights.model import Matrix

HIDDEN_FROM = -1e9
PASS = 128
"""Tokens of one pass: longer prompts go in several, so that memory stays small and a cancellation is heard."""
CACHES = 2
SHARED = 16
"""A prompt that shares fewer tokens than this with every cache takes the oldest one over."""


class _Cached:
    """A cache with what is in it: rows of keys and values, and the hidden states of its tokens."""

    def __init__(self, decoder: Decoder, capacity: int) -> None:
        self.tree = TokenTree(capacity)
        self.rows = KeyValues(decoder.architecture, capacity)
        self.hidden: dict[Node, NDArray[np.float32]] = {}
        self.prompt: Tokens = ()

    def focus(self, prompt: Tokens) -> None:
        """Forget everything that is neither on the way to this prompt nor under it."""
        if prompt == self.prompt:
            return
        self.rows.keep(self.tree.keep([prompt]))
        self.hidden = {node: one for node, one in self.hidden.items() if node.alive}
        self.prompt = prompt


class Engine:
    """Not thread-safe: its owner is the worker's only model thread."""

    def __init__(self, artefact: Artefact, *, name: str, threads: int, capacity: int = 4096) -> None:
        self.name = name
        self._decoder = Decoder(artefact, threads=threads)
        self._tokenizer = Tokenizer(artefact.vocabulary())
        self.chat = Chat(self._tokenizer)
        self._capacity = min(capacity, artefact.architecture.context)
        self._caches: list[_Cached] = []
        self.passes = 0

    def known(self, prompt: Tokens, path: Tokens) -> bool:
        return any(
            one.prompt == prompt and one.tree.common((*prompt, *path)) == len(prompt) + len(path)
            for one in self._caches
        )

    def log_probs(
        self, prompt: Tokens, branches: Sequence[tuple[Tokens, Sequence[int]]], ahead: Sequence[Tokens] = ()
    ) -> list[list[float]]:
        cached = self._cache_for(prompt)
        self._evaluate(cached, [(*prompt, *path) for path, _ in branches] + [(*prompt, *path) for path in ahead])
        return [
            self._decoder.log_probs(cached.hidden[cached.tree.node((*prompt, *path))], allowed)
            for path, allowed in branches
        ]

    def states(self, prompt: Tokens, paths: Sequence[Tokens] = ((),)) -> Matrix:
        """What the model holds at the end of each path under a prompt, before its output head. Shapes: [paths, hidden]."""
        cached = self._cache_for(prompt)
        self._evaluate(cached, [(*prompt, *path) for path in paths])
        return np.stack([cached.hidden[cached.tree.node((*prompt, *path))] for path in paths])

    def generate(
        self, messages: Sequence[Message], *, max_tokens: int, grammar: str | None = None, sampling: Sampling = GREEDY
    ) -> Iterator[str]:
        """See `Generator`. A grammar is not bound here: what must be legal goes through `log_probs`."""
        prompt = self.chat.opened(tuple(messages))
        written: Tokens = ()
        cached, shown = self._cache_for(prompt), ""
        random = np.random.default_rng(sampling.seed)
        while len(written) < max_tokens:
            path = (*prompt, *written)
            self._evaluate(cached, [path])
            token = sample(self._decoder.logits(cached.hidden[cached.tree.node(path)][None])[0], sampling, random)
            if token in self.chat.stops:
                break
            written = (*written, token)
            text = self._tokenizer.decode(written)
            if not text.endswith("\ufffd"):  # the rest of a character is still to come
                yield text[len(shown) :]
                shown = text

    def _cache_for(self, prompt: Tokens) -> _Cached:
        """The cache that holds most of a prompt, the last used first."""
        if not prompt:
            raise ValueError("a prompt has at least one token")
        best = max(self._caches, key=lambda one: one.tree.common(prompt), default=None)
        shared = 0 if best is None else best.tree.common(prompt)
        foreign = shared < min(SHARED, len(prompt))
        if best is None or (foreign and len(self._caches) < CACHES):
            best = _Cached(self._decoder, self._capacity)
        elif foreign:
            best = self._caches[-1]
        self._caches = [best, *(one for one in self._caches if one is not best)]
        best.focus(prompt)
        return best

    def _evaluate(self, cached: _Cached, paths: Sequence[Tokens]) -> None:
        """Run what is missing of some paths. Raises: ModelUnavailable where it does not fit the context."""
        tree = cached.tree
        longest = max(map(len, paths))
        if tree.used + tree.missing(paths) > tree.capacity:
            raise ModelUnavailable(f"a prompt of {longest} tokens does not fit the context of {tree.capacity}")
        for nodes in _passes(tree.grow(paths)):
            hidden = self._decoder.forward(
                [one.token for one in nodes], [one.depth for one in nodes], _bias(nodes), cached.rows
            )
            cached.hidden.update(zip(nodes, hidden, strict=True))
            self.passes += 1


def _passes(nodes: Sequence[Node]) -> Iterator[Sequence[Node]]:
    """New nodes in portions. The first of an empty cache is a single path: without rows before it, the attention of
    ONNX Runtime counts positions itself.
    """
    start = 0
    if nodes and nodes[0].slot == 0:
        start = next((n for n in range(1, len(nodes)) if nodes[n].parent is not nodes[n - 1]), len(nodes))
        start = min(start, PASS)
        yield nodes[:start]
    for begin in range(start, len(nodes), PASS):
        yield nodes[begin : begin + PASS]


def _bias(nodes: Sequence[Node]) -> Matrix:
    """What each new token may see: its ancestors and itself. Shapes: [nodes, rows used with them]."""
    bias = np.full((len(nodes), nodes[-1].slot + 1), HIDDEN_FROM, np.float32)
    first = nodes[0].slot
    for row, node in enumerate(nodes):
        assert node.parent is not None
        if node.parent.slot >= first:
            bias[row] = bias[node.parent.slot - first]
        else:
            bias[row, [one.slot for one in node.parent.upwards()]] = 0.0
        bias[row, node.slot] = 0.0
    return bias
