"""A small byte-level vocabulary, trained on the project's own texts."""

import json
from pathlib import Path

from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from llmagentos.inference.weights.model import Vocabulary

ROOT = Path(__file__).resolve().parents[2]
SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")


def _train() -> Vocabulary:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=900,
        special_tokens=list(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    texts = [(ROOT / one).read_text(encoding="utf-8") for one in ("README.md", "src/llmagentos/sites/demo-cases.yaml")]
    tokenizer.train_from_iterator(texts, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    tokens = tuple(sorted(model["vocab"], key=model["vocab"].__getitem__))
    merges = tuple((left, right) for left, right in model["merges"])
    return Vocabulary(tokens, merges, frozenset(range(len(SPECIAL))), "gpt-2")


TRAINED = _train()
