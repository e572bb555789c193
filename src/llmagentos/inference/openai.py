"""Any OpenAI-compatible server as a Generator: `/v1/completions`, streamed. For a bigger model in the house."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence

from llmagentos.inference.ports import ModelUnavailable


class OpenAiServer:
    """`base` ends before `/v1`. The key, if any, comes from the caller and is never logged."""

    def __init__(self, base: str, model: str, *, key: str | None = None, timeout_s: float = 60.0) -> None:
        self.name = model
        self._base, self._key, self._timeout_s = base.rstrip("/"), key, timeout_s

    def generate(
        self, prompt: str, *, max_tokens: int, stop: Sequence[str], grammar: str | None = None
    ) -> Iterator[str]:
        body = {
            "model": self.name,
            "prompt": prompt,
            "max_tokens": max_tokens,
            "stop": list(stop),
            "temperature": 0,
            "stream": True,
        }
        if grammar is not None:
            body["grammar"] = grammar  # llama.cpp's servers bind it; others ignore it, and the caller parses anyway
        headers = {
            "Content-Type": "application/json",
            **({"Authorization": f"Bearer {self._key}"} if self._key else {}),
        }
        request = urllib.request.Request(f"{self._base}/v1/completions", json.dumps(body).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=self._timeout_s) as answer:
                for raw in answer:
                    line = raw.decode("utf-8", errors="replace").strip()
                    if line.startswith("data:") and line != "data: [DONE]":
                        yield str(json.loads(line[5:])["choices"][0].get("text", ""))
        except (urllib.error.URLError, TimeoutError, ValueError, KeyError, IndexError) as error:
            raise ModelUnavailable(f"{self._base}: {error}") from error
