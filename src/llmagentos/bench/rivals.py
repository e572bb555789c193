"""The engines ours is measured against, each given the same weights and its own cache of the prompt's beginning.

Both are development dependencies: `pip install 'llmagentos[dev]'`.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from llmagentos.bench.report import BenchError
from llmagentos.inference.llamacpp import LlamaCpp
from llmagentos.inference.weights.model import Matrix, ModelWeights


class LlamaCppPasses:
    """llama.cpp through its server calls; a pass ends with one decoded token, as it must there."""

    def __init__(self, model: Path, *, threads: int) -> None:
        self._model = LlamaCpp(model, threads=threads)

    def run(self, prefix: Sequence[int], new: Sequence[int]) -> None:
        """Evaluate `new` after `prefix`, which is in the cache from the call before."""
        self._model.log_probs((*prefix, *new), [((), (0, 1))])

    def first_choice(self, tokens: Sequence[int]) -> int:
        """The most probable token after these."""
        return self._model.first_choice(tuple(tokens))


class CTranslate2Passes:
    """CTranslate2 in int8 with its static prompt. Raises: BenchError where it is not installed."""

    def __init__(self, model: ModelWeights, folder: Path, *, threads: int) -> None:
        try:
            import ctranslate2
        except ImportError as error:
            raise BenchError("CTranslate2 is not installed: pip install 'llmagentos[dev]'") from error
        self._tokens = list(model.vocabulary().tokens)
        self._tokens += [f"<extra {number}>" for number in range(len(self._tokens), model.architecture.vocabulary)]
        if not (folder / "model.bin").exists():
            _convert(model, self._tokens, folder)
        self._generator = ctranslate2.Generator(
            str(folder), device="cpu", compute_type="int8", inter_threads=1, intra_threads=threads
        )

    def run(self, prefix: Sequence[int], new: Sequence[int]) -> None:
        """As above."""
        self._generator.generate_batch(
            [[self._tokens[one] for one in new]],
            static_prompt=[self._tokens[one] for one in prefix],
            max_length=1,
            include_prompt_in_result=False,
            end_token=[],
        )


def _convert(model: ModelWeights, tokens: list[str], folder: Path) -> None:
    """Our weights in CTranslate2's form. Source: its converters/transformers.py, `LlamaLoader`."""
    from ctranslate2.specs import common_spec, transformer_spec

    a = model.architecture
    spec = transformer_spec.TransformerDecoderModelSpec.from_config(
        a.layers, a.heads, activation=common_spec.Activation.SWISH, pre_norm=True, ffn_glu=True, rms_norm=True,
        rotary_dim=0, rotary_interleave=False, rotary_base=a.rope_base, num_heads_kv=a.kv_heads, head_dim=a.head_size,
    )  # fmt: skip
    decoder, head = spec.decoder, model.head()
    decoder.scale_embeddings = False
    decoder.embeddings.weight = model.embedding()
    decoder.layer_norm.gamma = model.final_norm()
    decoder.projection.weight = model.embedding() if head is None else head
    for number, to in enumerate(decoder.layer):
        layer = model.layer(number)
        to.self_attention.layer_norm.gamma = layer.attention_norm
        to.ffn.layer_norm.gamma = layer.inner_norm
        biases: list[Matrix] = [one for one in (layer.query_bias, layer.key_bias, layer.value_bias) if one is not None]
        to.self_attention.linear[0].weight = np.concatenate([layer.query, layer.key, layer.value])
        if biases:
            to.self_attention.linear[0].bias = np.concatenate(biases)
        to.self_attention.linear[1].weight = layer.output
        to.ffn.linear_0.weight = layer.gate
        to.ffn.linear_0_noact.weight = layer.up
        to.ffn.linear_1.weight = layer.down
    spec.register_vocabulary(tokens)
    spec.config.layer_norm_epsilon = a.epsilon
    spec.config.bos_token = spec.config.eos_token = spec.config.unk_token = tokens[0]
    spec.validate()
    spec.optimize(quantization="int8")
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))
