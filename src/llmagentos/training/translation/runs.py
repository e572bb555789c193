"""A translator as a folder: its vocabulary, its shape, the checkpoint of its run; trained from pairs, used by texts."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from llmagentos.inference.weights.model import Vocabulary
from llmagentos.training.architectures.transformer import EncoderDecoder, Shape, size
from llmagentos.training.data.vocabulary import BEGIN, END, FILL, MarkedText, learned, read_vocabulary, save
from llmagentos.training.objectives.translating import Tokenised, Translating
from llmagentos.training.optimisation.checkpoint import DamagedRun, load
from llmagentos.training.optimisation.loop import Course, Loop
from llmagentos.training.translation.pairs import MARKS, Pair

SHAPES = "shapes.json"
LEARNED_FROM = 30_000
"""Pairs that the vocabulary is learned from."""
LONGEST = 256
"""Tokens; a pair with more is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Of a translator."""

    vocabulary: int = 2000
    width: int = 256
    inner: int = 512
    heads: int = 4
    encoder: int = 4
    decoder: int = 2


class Translator:
    """What was learned, for use."""

    def __init__(self, network: EncoderDecoder, vocabulary: Vocabulary) -> None:
        self.network, self.text = network, MarkedText(vocabulary)
        self._control = tuple(vocabulary.tokens.index(one) for one in (FILL, BEGIN, END))

    def objective(
        self, train: Sequence[Pair], unseen: Sequence[Pair], batch_size: int, smoothing: float = 0.0
    ) -> Translating:
        """To learn from pairs; those too long are left out."""
        fill, begin, end = self._control
        return Translating(
            self.network, self._cut(train), self._cut(unseen), batch_size, fill, begin, end, smoothing=smoothing
        )

    def translated(self, sources: Sequence[str]) -> list[str]:
        """In the order of the sources. Each is cut off where it is longer than anything learned from."""
        self.network.eval()
        tokens = [self.text.encode(one)[:LONGEST] or [self._control[0]] for one in sources]
        return [self.text.decode(one) for one in self.objective([], [], 1).translated(tokens)]

    @property
    def parameters(self) -> int:
        return size(self.network)

    def _cut(self, pairs: Sequence[Pair]) -> list[Tokenised]:
        cut = ((tuple(self.text.encode(one.source)), tuple(self.text.encode(one.target))) for one in pairs)
        return [one for one in cut if 0 < len(one[0]) <= LONGEST and 0 < len(one[1]) <= LONGEST]


def begun(pairs: Sequence[Pair], sizes: Size, seed: int, folder: Path) -> Translator:
    """The translator of a folder, new where there is none yet. Raises: OSError, DamagedRun."""
    if (folder / SHAPES).exists():
        return opened(folder)
    folder.mkdir(parents=True, exist_ok=True)
    texts = (text for one in pairs[:LEARNED_FROM] for text in (one.source, one.target))
    vocabulary = learned(texts, sizes.vocabulary, [f"<{one}>" for one in range(MARKS)])
    save(folder, vocabulary)
    both = [
        Shape(vocabulary=len(vocabulary.tokens), layers=layers, heads=sizes.heads, width=sizes.width, inner=sizes.inner, context=2 * LONGEST)
        for layers in (sizes.encoder, sizes.decoder)
    ]  # fmt: skip
    (folder / SHAPES).write_text(json.dumps([asdict(one) for one in both]), encoding="utf-8")
    torch.manual_seed(seed)
    return Translator(EncoderDecoder(*both), vocabulary)


def opened(folder: Path) -> Translator:
    """What a run has learned so far. Raises: OSError where there is none, DamagedRun."""
    encoder, decoder = (Shape(**one) for one in json.loads((folder / SHAPES).read_text(encoding="utf-8")))
    network = EncoderDecoder(encoder, decoder)
    state = load(folder)
    if state is not None:
        try:
            network.load_state_dict(state["network"])
        except (RuntimeError, KeyError) as error:
            raise DamagedRun(f"{folder} holds a checkpoint of another network") from error
    return Translator(network, read_vocabulary(folder))


def train(
    pairs: Sequence[Pair], unseen: Sequence[Pair], folder: Path, sizes: Size, course: Course, batch_size: int, tell: Callable[[str], None] = lambda _: None,
) -> Translator:  # fmt: skip
    """Begin a run or go on with it, to its end. Raises: OSError, DamagedRun."""
    translator = begun(pairs, sizes, course.seed, folder)
    Loop(translator.objective(pairs, unseen, batch_size), course, folder).run(tell)
    return translator
