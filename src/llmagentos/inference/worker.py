"""The model's own process: requests and answers as JSON lines over its standard streams.

One model thread works; the main thread reads, so that a cancellation reaches a decision between two passes. Started
by `client.ModelWorker`; its standard output carries answers alone, whatever a native library prints.

    {"id": 1, "op": "decide", "static": [messages], "dynamic": [messages], "automaton": {...}, "bounds": {...}, "likely": [sentences]}
    {"id": 2, "op": "generate", "messages": [messages], "max_tokens": n, "sampling": {...}}   answered piece by piece
    {"id": 3, "op": "read", "messages": [messages]}
    {"id": 4, "op": "states", "messages": [messages], "paths": [texts]}   answered with a row of numbers for each path
    {"op": "cancel", "id": 1}
"""

import contextlib
import json
import os
import queue
import sys
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol, TextIO, runtime_checkable

from llmagentos.inference.chat import Chat, Message
from llmagentos.inference.decision import Bounds, decide
from llmagentos.inference.ports import Generator, ModelUnavailable, Sampling, Scorer
from llmagentos.inference.weights.model import UnsupportedModel
from llmagentos.language.automaton import Automaton

MAX_WAITING = 64
"""Requests in line; more are refused at once rather than answered too late."""


class Model(Scorer, Generator, Protocol):
    """What the worker runs: our engine, or llama.cpp."""

    @property
    def chat(self) -> Chat: ...


@runtime_checkable
class Holding(Protocol):
    """A model that shows what it holds at the end of a text."""

    def states(self, prompt: tuple[int, ...], paths: Sequence[tuple[int, ...]] = ((),)) -> Iterable[Iterable[float]]:
        """See `Engine.states`."""
        ...


class Worker:
    """A model, the line of requests for it, and the ids that were cancelled."""

    def __init__(self, model: Model, out: TextIO) -> None:
        self._model, self._out = model, out
        self._waiting: queue.Queue[dict[str, Any] | None] = queue.Queue(MAX_WAITING)
        self._cancelled: set[int] = set()
        self._static: dict[tuple[Message, ...], tuple[int, ...]] = {}
        self._lock = threading.Lock()

    def run(self, lines: TextIO) -> None:
        """Serve until the input ends."""
        thread = threading.Thread(target=self._serve, daemon=True)
        thread.start()
        for line in lines:
            request = json.loads(line)
            if request["op"] == "cancel":
                self._cancelled.add(request["id"])
                continue
            try:
                self._waiting.put_nowait(request)
            except queue.Full:
                self._answer(request["id"], error=f"more than {MAX_WAITING} requests are waiting for the model")
        self._waiting.put(None)
        thread.join()

    def _serve(self) -> None:
        while (request := self._waiting.get()) is not None:
            identity = request["id"]
            if identity in self._cancelled:
                self._cancelled.discard(identity)
                self._answer(identity, error="cancelled")
                continue
            try:
                self._answer(identity, result=self._handle(request))
            except (ModelUnavailable, ValueError, KeyError, RuntimeError) as error:
                self._answer(identity, error=f"{type(error).__name__}: {error}")
            self._cancelled.discard(identity)

    def _handle(self, request: dict[str, Any]) -> dict[str, Any]:
        if request["op"] == "generate":
            return self._generate(request)
        chat = self._model.chat
        if request["op"] == "read":
            self._model.log_probs(chat.opened(_messages(request["messages"])), [((), (0, 1))])
            return {}
        if request["op"] == "states":
            return self._states(request)
        static, dynamic = _messages(request["static"]), _messages(request["dynamic"])
        if static not in self._static:
            self._static = {static: chat.whole(static)}
        prompt = (*self._static[static], *chat.opened(dynamic))
        outcome = decide(
            self._model, chat, prompt, Automaton.from_json(request["automaton"]),
            Bounds(**request["bounds"]), request["likely"], lambda: request["id"] in self._cancelled,
        )  # fmt: skip
        return {
            "choices": [[one.text, one.probability] for one in outcome.choices], "passes": outcome.passes,
            "duration_ms": outcome.duration_ms, "exact": outcome.exact, "prompt_tokens": outcome.prompt_tokens,
        }  # fmt: skip

    def _states(self, request: dict[str, Any]) -> dict[str, Any]:
        """What the model holds after a prompt, and after each text that may go on from there."""
        if not isinstance(self._model, Holding):
            raise ModelUnavailable("only a compiled model shows what it holds")
        chat = self._model.chat
        prompt = chat.opened(_messages(request["messages"]))
        states = self._model.states(prompt, [tuple(chat.encode(text)) for text in request["paths"]])
        return {"states": [[round(float(one), 3) for one in row] for row in states]}

    def _generate(self, request: dict[str, Any]) -> dict[str, Any]:
        """Pieces as they come; a cancellation is heard after each."""
        sampling = Sampling(**request["sampling"])
        for piece in self._model.generate(
            _messages(request["messages"]), max_tokens=request["max_tokens"], sampling=sampling
        ):
            if request["id"] in self._cancelled:
                break
            self._answer(request["id"], piece=piece)
        return {}

    def _answer(self, identity: int, **fields: Any) -> None:
        with self._lock:
            self._out.write(json.dumps({"id": identity, **fields}, ensure_ascii=False) + "\n")
            self._out.flush()


def _messages(data: list[Any]) -> tuple[Message, ...]:
    return tuple((str(role), tuple(map(str, segments))) for role, segments in data)


def load_model(path: Path, threads: int) -> Model:
    """A folder is a compiled model, for our engine; a file is for llama.cpp. Raises: ModelUnavailable, UnsupportedModel."""
    if path.is_dir():
        from llmagentos.inference.compiler.artefact import load
        from llmagentos.inference.engine.engine import Engine

        return Engine(load(path), name=path.name, threads=threads)
    from llmagentos.inference.llamacpp import LlamaCpp

    return LlamaCpp(path, threads=threads)


NICE = 5
"""The model gives way to what reacts without it: standing orders, receipts, the stop button."""


def main() -> None:
    """`python -m llmagentos.inference.worker MODEL THREADS`"""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # llama.cpp prints where it likes
    with contextlib.suppress(OSError):
        os.nice(NICE)
    try:
        model = load_model(Path(sys.argv[1]), int(sys.argv[2]))
    except (ModelUnavailable, UnsupportedModel, OSError) as error:
        answers.write(json.dumps({"id": 0, "error": str(error)}) + "\n")
        answers.flush()
        raise SystemExit(2) from error
    answers.write(json.dumps({"id": 0, "result": {"name": model.name}}) + "\n")
    answers.flush()
    Worker(model, answers).run(sys.stdin)


if __name__ == "__main__":
    main()
