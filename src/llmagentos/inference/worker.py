"""The model's own process: requests and answers as JSON lines over its standard streams.

One model thread works; the main thread reads, so that a cancellation reaches a decision between two passes. Started
by `client.ModelWorker`; its standard output carries answers alone, whatever a native library prints.

    {"id": 1, "op": "decide", "static": [messages], "dynamic": [messages], "automaton": {...}, "bounds": {...}}
    {"id": 2, "op": "generate", "messages": [messages], "max_tokens": n}
    {"op": "cancel", "id": 1}
"""

import json
import os
import queue
import sys
import threading
from pathlib import Path
from typing import Any, TextIO

from llmagentos.inference.chat import Message
from llmagentos.inference.decision import Bounds, decide
from llmagentos.inference.llamacpp import LlamaCpp
from llmagentos.inference.ports import ModelUnavailable
from llmagentos.inference.tokens import UnsupportedModel
from llmagentos.language.automaton import Automaton

MAX_WAITING = 64
"""Requests in line; more are refused at once rather than answered too late."""


class Worker:
    """A model, the line of requests for it, and the ids that were cancelled."""

    def __init__(self, model: LlamaCpp, out: TextIO) -> None:
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
            pieces = self._model.generate(_messages(request["messages"]), max_tokens=request["max_tokens"])
            return {"text": "".join(pieces)}
        chat = self._model.format
        static, dynamic = _messages(request["static"]), _messages(request["dynamic"])
        if static not in self._static:
            self._static = {static: chat.encode(static, self._model.encode)}
        prompt = (*self._static[static], *chat.encode_open(dynamic, self._model.encode))
        outcome = decide(
            self._model, prompt, Automaton.from_json(request["automaton"]), chat.end, self._model.decode,
            Bounds(**request["bounds"]), lambda: request["id"] in self._cancelled,
        )  # fmt: skip
        return {
            "choices": [[one.text, one.probability] for one in outcome.choices], "passes": outcome.passes,
            "duration_ms": outcome.duration_ms, "exact": outcome.exact, "prompt_tokens": outcome.prompt_tokens,
        }  # fmt: skip

    def _answer(self, identity: int, **fields: Any) -> None:
        with self._lock:
            self._out.write(json.dumps({"id": identity, **fields}, ensure_ascii=False) + "\n")
            self._out.flush()


def _messages(data: list[Any]) -> tuple[Message, ...]:
    return tuple((str(role), tuple(map(str, segments))) for role, segments in data)


def main() -> None:
    """`python -m llmagentos.inference.worker MODEL THREADS`"""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # llama.cpp prints where it likes
    try:
        model = LlamaCpp(Path(sys.argv[1]), threads=int(sys.argv[2]))
    except (ModelUnavailable, UnsupportedModel, OSError) as error:
        answers.write(json.dumps({"id": 0, "error": str(error)}) + "\n")
        answers.flush()
        raise SystemExit(2) from error
    answers.write(json.dumps({"id": 0, "result": {"name": model.name}}) + "\n")
    answers.flush()
    Worker(model, answers).run(sys.stdin)


if __name__ == "__main__":
    main()
