"""A labeller on the lower part of a language model: frozen layers that are read once, a few adapted ones that look both ways, and two heads.

A decoder has seen nothing of what follows a word, so each utterance is read twice, one after the other, and the second time counts
(Springer et al., "Repetition improves language model embeddings", 2024). What the frozen layers make of it is kept: an epoch then costs the adapted
layers alone. These attend in both directions (BehnamGhader et al., "LLM2Vec", 2024).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from llmagentos.inference.tokenizer import Tokenizer
from llmagentos.training.architectures.transformer import filled
from llmagentos.training.labelling.utterances import OUTSIDE, Utterance, slot_f1
from llmagentos.training.network import Block, Network
from llmagentos.training.objectives.translating import IGNORED

AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Read:
    """An utterance after the frozen layers. Shapes: states [words, width] in half precision, each word by its last token."""

    states: Tensor
    labels: tuple[int, ...]
    intent: int


@dataclass(frozen=True, slots=True)
class Tags:
    """Names of what is told apart, by number; which labels occur with an intent."""

    labels: tuple[str, ...]
    intents: tuple[str, ...]
    together: tuple[frozenset[str], ...]

    @classmethod
    def of(cls, utterances: Sequence[Utterance]) -> "Tags":
        labels = sorted({label for one in utterances for label in one.labels} - {OUTSIDE})
        intents = sorted({one.intent for one in utterances})
        together = (
            frozenset(label for one in utterances if one.intent == intent for label in one.labels) for intent in intents
        )
        return cls((OUTSIDE, *labels), tuple(intents), tuple(together))

    def following(self) -> Tensor:
        """0 where a label may follow another, -inf where it may not: the inside of a slot goes on with that slot alone.

        Shapes: [labels + 1, labels], the last row for the beginning.
        """
        allowed = [
            [not label.startswith("I-") or (before is not None and before[2:] == label[2:]) for label in self.labels]
            for before in (*self.labels, None)
        ]
        return torch.zeros(len(allowed), len(self.labels)).masked_fill(~torch.tensor(allowed), float("-inf"))

    def beside(self, intent: int) -> Tensor:
        """0 for labels that occur with an intent, -inf for others. Shapes: [labels]."""
        known = [label in self.together[intent] or label == OUTSIDE for label in self.labels]
        return torch.zeros(len(known)).masked_fill(~torch.tensor(known), float("-inf"))


@torch.no_grad()
def read(
    network: Network, tokenizer: Tokenizer, utterances: Sequence[Utterance], tags: Tags, layers: int, tell: Callable[[str], None] = lambda _: None,
) -> list[Read]:  # fmt: skip
    """What the first layers make of utterances, in their order. A label that training never saw counts as none."""
    numbers = {label: number for number, label in enumerate(tags.labels)}
    found: dict[int, Read] = {}
    cut = [_tokens(tokenizer, one.words) for one in utterances]
    order = sorted(range(len(utterances)), key=lambda one: len(cut[one][0]))
    for first in range(0, len(order), AT_ONCE):
        part = order[first : first + AT_ONCE]
        hidden = network.lower(filled([cut[one][0] for one in part], 0), layers)
        for row, one in enumerate(part):
            utterance = utterances[one]
            labels = tuple(numbers.get(label, 0) for label in utterance.labels)
            found[one] = Read(hidden[row, list(cut[one][1])].half(), labels, tags.intents.index(utterance.intent))
        tell(f"{len(found)} of {len(utterances)} read")
    return [found[one] for one in range(len(utterances))]


def _tokens(tokenizer: Tokenizer, words: Sequence[str]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The tokens of an utterance said twice, and where each word ends the second time."""
    tokens: list[int] = []
    ends: list[int] = []
    for _ in range(2):
        ends = []
        for word in words:
            tokens.extend(tokenizer.encode(f" {word}"))
            ends.append(len(tokens) - 1)
        tokens.extend(tokenizer.encode("\n"))
    return tuple(tokens), tuple(ends)


class Labeller(nn.Module):
    """Adapted layers and two heads."""

    def __init__(self, network: Network, first: int, layers: int, tags: Tags, dropout: float = 0.2) -> None:
        super().__init__()
        self.tags = tags
        width = network.architecture.hidden
        self.blocks = nn.ModuleList(list(network.blocks)[first : first + layers])
        self.cosines, self.sines = nn.Buffer(network.cosines, persistent=False), nn.Buffer(network.sines, persistent=False)  # fmt: skip
        self.norm = nn.RMSNorm(width)
        self.dropout = nn.Dropout(dropout)
        self.label, self.intent = nn.Linear(width, len(tags.labels)), nn.Linear(width, len(tags.intents))

    def forward(self, states: Tensor, seen: Tensor) -> tuple[Tensor, Tensor]:
        """Shapes: states [batch, words, width], seen [batch, words]; returns scores [batch, words, labels], [batch, intents]."""
        length = states.shape[1]
        hidden = states
        for block in self.blocks:
            hidden = _both_ways(block, hidden, self.cosines[:length], self.sines[:length], seen)
        hidden = self.dropout(self.norm(hidden))
        mean = (hidden * seen[..., None]).sum(dim=1) / seen.sum(dim=1, keepdim=True)
        return self.label(hidden), self.intent(mean)


def _both_ways(block: nn.Module, hidden: Tensor, cosines: Tensor, sines: Tensor, seen: Tensor) -> Tensor:
    assert isinstance(block, Block)
    return block(hidden, cosines, sines, seen)  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class LabelledBatch:
    """Shapes: states [batch, words, width], seen and labels [batch, words], intents [batch]."""

    states: Tensor
    seen: Tensor
    labels: Tensor
    intents: Tensor


@dataclass(frozen=True)
class Labelling:
    """Both heads learn together (Liu and Lane 2016)."""

    network: Labeller
    train: Sequence[Read]
    unseen: Sequence[Read]
    batch_size: int
    smoothing: float = 0.05

    def batch(self, draw: torch.Generator) -> LabelledBatch:
        chosen = torch.randint(len(self.train), (self.batch_size,), generator=draw).tolist()
        return laid_out([self.train[one] for one in chosen])

    def loss(self, batch: LabelledBatch) -> Tensor:
        labels, intents = self.network(batch.states, batch.seen)
        of_labels = functional.cross_entropy(
            labels.flatten(0, 1), batch.labels.flatten(), label_smoothing=self.smoothing
        )
        return of_labels + functional.cross_entropy(intents, batch.intents, label_smoothing=self.smoothing)

    def held_out(self) -> Mapping[str, float]:
        """`loss` is one minus what is right, so that the best of it is kept, not the surest."""
        intent, f1 = scored(self.network, self.unseen)
        return {"loss": (1 - intent) + (1 - f1), "intent": intent, "slot_f1": f1}


@torch.no_grad()
def scored(network: Labeller, utterances: Sequence[Read]) -> tuple[float, float]:
    """Share of intents that are right, and F1 of slots."""
    found: list[list[str]] = []
    right: list[list[str]] = []
    intents = 0
    names, following = network.tags.labels, network.tags.following()
    beside = [network.tags.beside(intent) for intent in range(len(network.tags.intents))]
    for first in range(0, len(utterances), AT_ONCE):
        part = utterances[first : first + AT_ONCE]
        batch = laid_out(part)
        labels, kinds = network(batch.states, batch.seen)
        intents += int((kinds.argmax(dim=1) == batch.intents).sum())
        for scores, intent, one in zip(labels.log_softmax(dim=2), kinds.argmax(dim=1).tolist(), part, strict=True):
            found.append([names[label] for label in likeliest(scores[: len(one.labels)] + beside[intent], following)])
            right.append([names[label] for label in one.labels])
    return intents / len(utterances), slot_f1(found, right)


def likeliest(scores: Tensor, following: Tensor) -> list[int]:
    """The labels that are likeliest together, of all that may follow each other (Viterbi 1967).

    Shapes: scores [words, labels] in logs, following as `Tags.following` gives it.
    """
    best, came_from = scores[0] + following[-1], list[Tensor]()
    for word in scores[1:]:
        over, before = (best[:, None] + following[:-1]).max(dim=0)
        came_from.append(before)
        best = over + word
    path = [int(best.argmax())]
    for before in reversed(came_from):
        path.append(int(before[path[-1]]))
    return path[::-1]


def laid_out(utterances: Sequence[Read]) -> LabelledBatch:
    """Utterances as tensors, the shorter ones filled at their end."""
    labels = filled([one.labels for one in utterances], IGNORED)
    states = nn.utils.rnn.pad_sequence([one.states.float() for one in utterances], batch_first=True)
    return LabelledBatch(states, labels != IGNORED, labels, torch.tensor([one.intent for one in utterances]))
