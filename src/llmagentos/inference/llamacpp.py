"""llama.cpp in this process, through the server calls of `xllamacpp`: a Scorer and a Generator over one model.

Allowed tokens get a bias that lifts them above all others; the sampler's probabilities are then those of a softmax over
the allowed ones alone. The server keeps the KV cache of the last prompt and reuses the longest common beginning.
"""

import importlib.util
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from llmagentos.inference.chat import Chat, Message, Tokens
from llmagentos.inference.ports import GREEDY, ModelUnavailable, Sampling

_LIFT = 100.0
"""Added to the logits of allowed tokens: more than any logit differs by, little enough for float32 (2**-17 steps)."""


def installed() -> bool:
    """Whether the extra is here."""
    return importlib.util.find_spec("xllamacpp") is not None


class LlamaCpp:
    """One model, one slot. Not thread-safe: its owner is the worker's only model thread."""

    def __init__(self, model: Path, *, context: int = 4096, threads: int = 2, exact: bool = False) -> None:
        """`exact`: what is remembered of earlier tokens is kept in float32."""
        try:
            import xllamacpp

            from llmagentos.inference.tokenizer import Tokenizer
            from llmagentos.inference.weights.gguf import GgufModel
            from llmagentos.inference.weights.model import UnsupportedModel
        except ImportError as error:
            raise ModelUnavailable("xllamacpp is not installed: pip install 'llmagentos[llamacpp]'") from error
        self.name = model.stem
        self.chat = Chat(Tokenizer(GgufModel(model).vocabulary()))
        self.passes = 0
        parameters = xllamacpp.CommonParams()
        parameters.model.path = str(model)
        parameters.n_ctx, parameters.n_parallel = context, 1
        parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = threads
        if exact:
            parameters.cache_type_k = parameters.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_F32
            parameters.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
        parameters.warmup, parameters.verbosity, parameters.endpoint_slots, parameters.ui = False, 0, False, False
        try:
            self._server = xllamacpp.Server(parameters)
        except (RuntimeError, ValueError) as error:
            raise UnsupportedModel(f"llama.cpp cannot load {model.name}: {error}") from error
        self._context = context

    def known(self, prompt: Tokens, path: Tokens) -> bool:
        return False

    def log_probs(
        self, prompt: Tokens, branches: Sequence[tuple[Tokens, Sequence[int]]], ahead: Sequence[Tokens] = ()
    ) -> list[list[float]]:
        return [self._after((*prompt, *path), allowed) for path, allowed in branches]

    def _after(self, tokens: Tokens, allowed: Sequence[int]) -> list[float]:
        self.passes += 1
        if len(tokens) + 1 > self._context:
            raise ModelUnavailable(f"a prompt of {len(tokens)} tokens does not fit the context of {self._context}")
        answer = self._complete(
            {"prompt": list(tokens), "n_predict": 1, "temperature": 1.0, "samplers": ["temperature"], "seed": 1,
             "logit_bias": [[token, _LIFT] for token in allowed], "n_probs": len(allowed), "post_sampling_probs": True}
        )  # fmt: skip
        listed = answer["choices"][0]["logprobs"]["content"][0]["top_probs"]
        known = {one["id"]: one["prob"] for one in listed}
        return [math.log(known[token]) if known.get(token, 0.0) > 0 else -math.inf for token in allowed]

    def first_choice(self, tokens: Tokens) -> int:
        """The most probable token of the whole vocabulary."""
        answer = self._complete({"prompt": list(tokens), "n_predict": 1, "temperature": 0.0, "n_probs": 1})
        return int(answer["choices"][0]["logprobs"]["content"][0]["id"])

    def generate(
        self, messages: Sequence[Message], *, max_tokens: int, grammar: str | None = None, sampling: Sampling = GREEDY
    ) -> Iterator[str]:
        prompt = self.chat.opened(tuple(messages))
        request: dict[str, Any] = {
            "prompt": list(prompt),
            "n_predict": max_tokens,
            **asdict(sampling),
        }
        if grammar is not None:
            request["grammar"] = grammar
        yield self._complete(request)["choices"][0]["text"]

    def chat_completion(self, request: dict[str, Any]) -> dict[str, Any]:
        """A chat request of OpenAI's form, through the model's own template. Raises: ModelUnavailable."""
        answer = self._server.handle_chat_completions({**request, "cache_prompt": True, "id_slot": 0})
        return _answer(answer)

    def _complete(self, request: dict[str, Any]) -> dict[str, Any]:
        answer = self._server.handle_completions({**request, "cache_prompt": True, "id_slot": 0})
        return _answer(answer)


def _answer(answer: object) -> dict[str, Any]:
    data = answer if isinstance(answer, dict) else json.loads(str(answer))
    if not isinstance(data, dict) or "choices" not in data:
        raise ModelUnavailable(f"llama.cpp: {data}")
    return data
