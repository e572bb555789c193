"""The tokenizer inside a GGUF file, as a `tokenizers` object. Byte-level BPE: Llama, SmolLM and Qwen families."""

import json
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers

from llmagentos.inference.gguf_header import BrokenHeader, read_header

_QWEN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
"""llama.cpp, llama-vocab.cpp, pre-tokenizer "qwen2"."""


class UnsupportedModel(ValueError):
    """Their fault: a file this program cannot run. The message says what it is."""


def load_tokenizer(model: Path) -> Tokenizer:
    """The tokenizer of a model, from a cache beside it or from the file itself.

    Raises: UnsupportedModel for vocabularies other than byte-level BPE.
    """
    cached = model.with_suffix(".tokenizer.json")
    if cached.exists():
        return Tokenizer.from_file(str(cached))
    tokenizer = _from_gguf(model)
    partial = cached.with_suffix(".partial")
    partial.write_text(tokenizer.to_str(), encoding="utf-8")
    partial.replace(cached)
    return tokenizer


def _from_gguf(model: Path) -> Tokenizer:
    keys = ("model", "pre", "tokens", "merges", "token_type")
    try:
        data = read_header(model)
    except (BrokenHeader, OSError) as error:
        raise UnsupportedModel(f"{model.name} cannot be read: {error}") from error
    kind, pre, tokens, merges, types = (data.get(f"tokenizer.ggml.{key}") for key in keys)
    if kind != "gpt2" or not isinstance(tokens, list) or not isinstance(merges, list):
        raise UnsupportedModel(f"{model.name} has a {kind} vocabulary; only byte-level BPE is supported")
    pairs = [tuple(merge.split(" ", 1)) for merge in merges]
    tokenizer = Tokenizer(models.BPE({token: index for index, token in enumerate(tokens)}, pairs))
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=pre != "qwen2")
    first = (
        pre_tokenizers.Split(Regex(_QWEN), "isolated")
        if pre == "qwen2"
        else pre_tokenizers.Digits(individual_digits=True)
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([first, byte_level])
    tokenizer.decoder = decoders.ByteLevel()
    special = [
        AddedToken(token, special=True, normalized=False)
        for token, kind in zip(tokens, types or [], strict=False)
        if kind == 3
    ]
    tokenizer.add_special_tokens(special)
    assert json.loads(tokenizer.to_str())["model"]["type"] == "BPE"
    return tokenizer
