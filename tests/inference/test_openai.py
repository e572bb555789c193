"""A server that speaks the protocol, on loopback: what it says is taken only if it is legal here."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from llmagentos.app.ports import ServerModel
from llmagentos.inference.gbnf import gbnf
from llmagentos.inference.openai import OpenAiServer
from llmagentos.inference.ports import ModelUnavailable
from llmagentos.language.automaton import Automaton, Builder


@contextmanager
def server(answer: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Answers every request with these words; gives its address and what it was asked."""
    asked: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()
            for word in answer.split(" "):
                self.wfile.write(f"data: {json.dumps({'choices': [{'delta': {'content': word + ' '}}]})}\n\n".encode())
            self.wfile.write(b"data: [DONE]\n\n")

        def log_message(self, *_arguments: Any) -> None:
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{running.server_address[1]}/v1", asked
    finally:
        running.shutdown()
        running.server_close()


def lamp() -> Automaton:
    builder = Builder()
    for verb in (" turn on", " turn off"):
        builder.accept(builder.path(builder.start, [verb, " light", ' "Lamp"']))
    return builder.build()


PROMPT = (("system", ("role",)), ("user", ("lamp ", "on")), ("assistant", ("Command:",)))


@pytest.mark.parametrize(
    ("answer", "choice"),
    [('turn on light "Lamp"', 'turn on light "Lamp"'), ('Command: turn off light "Lamp"\nDone!', 'turn off light "Lamp"'),
     ('unlock lock "Front Door"', None), ("Sure, I turned it on.", None), ("", None)],
)  # fmt: skip
def test_only_legal_sentences_count(answer: str, choice: str | None) -> None:
    with server(answer) as (base, asked):
        decided = asyncio.run(ServerModel(OpenAiServer(base, "big")).decide(PROMPT[:1], PROMPT[1:], lamp()))
    assert [one.text for one in decided.choices] == ([choice] if choice else [])
    assert asked[0]["messages"] == [{"role": "system", "content": "role"}, {"role": "user", "content": "lamp on"}]
    assert asked[0]["grammar"] == gbnf(lamp())


def test_a_server_that_is_not_there_is_no_model() -> None:
    with pytest.raises(ModelUnavailable, match="127"):
        list(OpenAiServer("http://127.0.0.1:9/v1", "x", timeout_s=2).generate(PROMPT, max_tokens=5))


def test_a_grammar_in_rules() -> None:
    text = gbnf(lamp())
    assert text.startswith('root ::= n0\nn0 ::= "turn on" n1 | "turn off" n')
    assert r'" \"Lamp\""' in text
