"""Labels of words: read, counted, learned on top of a model that stays as it is."""

import io
import itertools
import json
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from llmagentos.inference.compiler.compile import read_model
from llmagentos.inference.tokenizer import Tokenizer
from llmagentos.training.labelling.labeller import Labeller, Labelling, Tags, laid_out, likeliest, read, scored
from llmagentos.training.labelling.probe import probed
from llmagentos.training.labelling.utterances import Utterance, read_snips, slot_f1, spans
from llmagentos.training.network import Network
from llmagentos.training.optimisation.loop import Course, Loop
from tests.inference.tiny import write_gguf


def archive(folder: Path, **files: object) -> Path:
    with tarfile.open(folder / "snips.tar.gz", "w:gz") as out:
        for name, data in files.items():
            raw = json.dumps(data).encode()
            info = tarfile.TarInfo(f"./Play/{name}.json")
            info.size = len(raw)
            out.addfile(info, io.BytesIO(raw))
    return folder / "snips.tar.gz"


def test_words_are_cut_from_the_whole_text(tmp_path: Path) -> None:
    pieces = [{"text": "play "}, {"text": "Bob's song", "entity": "track"}, {"text": ", by "}, {"text": "Bob", "entity": "artist"}, {"text": "Ann", "entity": "artist"}]  # fmt: skip
    data = {"Play": [{"data": pieces}]}
    train, test = read_snips(archive(tmp_path, train_Play_full=data, validate_Play=data))
    assert train == test
    assert train[0].words == ("play", "Bob", "'", "s", "song", ",", "by", "BobAnn")
    assert train[0].labels == ("O", "B-track", "I-track", "I-track", "I-track", "O", "O", "B-artist")
    with pytest.raises(ValueError, match="holds no SNIPS"):
        read_snips(archive(tmp_path, other=data))


def test_slots_are_counted_as_others_count_them() -> None:
    assert list(spans(("B-a", "I-a", "I-b", "O", "I-a", "B-a"))) == [("a", 0, 2), ("b", 2, 3), ("a", 4, 5), ("a", 5, 6)]
    assert slot_f1([("B-a", "I-a", "O")], [("B-a", "I-a", "O")]) == 1.0
    assert slot_f1([("B-a", "O", "B-b")], [("B-a", "I-a", "O")]) == 0.0
    assert slot_f1([("B-a", "O", "O")], [("B-a", "O", "B-b")]) == pytest.approx(2 / 3)


WORDS = ("play", "stop", "red", "blue")
KNOWN = [Utterance((verb, colour), ("O", f"B-{colour}"), verb) for verb in WORDS[:2] for colour in WORDS[2:]] * 8


def test_a_few_layers_learn_to_label(tmp_path: Path) -> None:
    torch.manual_seed(1)
    model = read_model(write_gguf(tmp_path / "tiny.gguf", "llama"))
    network = Network(model, rank=4, alpha=8.0, learning_from=1, kind=torch.float32)
    tags = Tags.of(KNOWN)
    states = read(network, Tokenizer(model.vocabulary()), KNOWN, tags, 1)
    assert [len(one.states) for one in states] == [2] * len(KNOWN)
    labeller = Labeller(network, 1, 1, tags, dropout=0.0)
    before = {name: one.clone() for name, one in network.state_dict().items() if "blocks.0" in name}
    loop = Loop(
        Labelling(labeller, states, states, 8), Course(steps=60, rate=1e-2, try_every=60, checkpoint_every=60), tmp_path
    )
    loop.run()
    labeller.eval()
    assert scored(labeller, states) == (1.0, 1.0)
    assert all(torch.equal(one, network.state_dict()[name]) for name, one in before.items())


@torch.no_grad()
def test_every_word_sees_all_words_and_no_filling(tmp_path: Path) -> None:
    torch.manual_seed(1)
    model = read_model(write_gguf(tmp_path / "tiny.gguf", "llama"))
    network = Network(model, rank=4, alpha=8.0, learning_from=1, kind=torch.float32)
    tags = Tags.of(KNOWN)
    short, long = read(
        network, Tokenizer(model.vocabulary()), [KNOWN[0], Utterance(WORDS, ("O",) * 4, "play")], tags, 1
    )
    labeller = Labeller(network, 1, 1, tags).eval()
    alone = laid_out([short])
    beside = laid_out([short, long])
    assert torch.allclose(labeller(alone.states, alone.seen)[0][0], labeller(beside.states, beside.seen)[0][0, :2], atol=1e-4)  # fmt: skip
    changed = replace(short, states=torch.stack((short.states[0], long.states[3])))
    other = laid_out([changed])
    assert not torch.allclose(labeller(alone.states, alone.seen)[0][0, 0], labeller(other.states, other.seen)[0][0, 0], atol=1e-4)  # fmt: skip


def test_labels_are_the_likeliest_that_may_follow_each_other() -> None:
    tags = Tags.of([Utterance(("a", "b", "c"), ("B-x", "I-x", "B-y"), "one"), Utterance(("a",), ("O",), "two")])
    following = tags.following()
    torch.manual_seed(1)
    for _ in range(30):
        scores = torch.randn(4, len(tags.labels)).log_softmax(dim=1)

        def worth(path: tuple[int, ...], scores: torch.Tensor = scores) -> float:
            steps = zip((-1, *path), path, strict=False)
            return float(sum(scores[at, one] + following[before, one] for at, (before, one) in enumerate(steps)))

        every = itertools.product(range(len(tags.labels)), repeat=4)
        assert tuple(likeliest(scores, following)) == max(every, key=worth)
    assert [label for label, one in zip(tags.labels, tags.beside(1).tolist(), strict=True) if one == 0] == ["O"]


def test_a_probe_tells_what_lies_open() -> None:
    torch.manual_seed(1)
    kinds = torch.randint(3, (600,))
    features = torch.randn(600, 10) + 4 * torch.nn.functional.one_hot(kinds, 10)
    assert probed(features[:500], kinds[:500], features[500:], kinds[500:]) > 0.95
    assert probed(torch.randn(500, 10), kinds[:500], torch.randn(100, 10), kinds[500:]) < 0.6
