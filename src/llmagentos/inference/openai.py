"""Any OpenAI-compatible server as a Generator: `/chat/completions`, streamed. For a bigger model in the house."""

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from llmagentos.inference.chat import Message
from llmagentos.inference.ports import GREEDY, ModelUnavailable, Sampling

MAX_EVENT = 1 << 20


class OpenAiServer:
    """`base` ends in `/v1`. The key, if any, comes from the caller and is never logged."""

    def __init__(self, base: str, model: str, *, key: str | None = None, timeout_s: float = 60.0) -> None:
        self.name = model
        self._base, self._key, self._timeout_s = base.rstrip("/"), key, timeout_s

    def generate(
        self, messages: Sequence[Message], *, max_tokens: int, grammar: str | None = None, sampling: Sampling = GREEDY
    ) -> Iterator[str]:
        said = [{"role": role, "content": "".join(segments)} for role, segments in messages]
        body = {"model": self.name, "messages": said, "max_tokens": max_tokens, "stream": True, **asdict(sampling)}
        if grammar is not None:
            body["grammar"] = grammar  # llama.cpp's servers bind it; others ignore it
        headers = {
            "Content-Type": "application/json",
            **({"Authorization": f"Bearer {self._key}"} if self._key else {}),
        }
        request = urllib.request.Request(f"{self._base}/chat/completions", json.dumps(body).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=self._timeout_s) as answer:
                while raw := answer.readline(MAX_EVENT):
                    line = raw.decode("utf-8", errors="replace").strip()
                    if line.startswith("data:") and line != "data: [DONE]":
                        choices = json.loads(line[5:])["choices"]
                        yield str(choices[0]["delta"].get("content") or "") if choices else ""
        except (OSError, http.client.HTTPException, ValueError, LookupError, TypeError, AttributeError) as error:
            raise ModelUnavailable(f"{self._base}: {error}") from error
