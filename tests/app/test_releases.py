"""A release is tried on a small house before it is used, and a model's name finds it."""

import asyncio
import json
import logging
from pathlib import Path

import pytest

from llmagentos.agent.prompt import PROMPT_VERSION
from llmagentos.app import releases as tried
from llmagentos.app.adapters import CARD, chosen_model, releases
from llmagentos.app.releases import share_understood, understood
from llmagentos.devices.simulation import yaml12
from llmagentos.fleet.container import pack
from llmagentos.fleet.manifest import BadRelease
from llmagentos.fleet.signing import make_keys, read_secret
from llmagentos.inference.store import MODELS, ModelStore
from llmagentos.language.tree import GRAMMAR_VERSION
from tests.flows.house import Scripted

MODEL = "smollm2-135m"


@pytest.fixture
def models(tmp_path: Path) -> ModelStore:
    """A store that seems to have a known model."""
    store = ModelStore(tmp_path / "models")
    store.folder.mkdir()
    (store.folder / MODELS[MODEL].file).write_bytes(b"GGUF")  # type: ignore[union-attr]
    return store


def install(models: ModelStore, folder: Path, prompt: int = PROMPT_VERSION) -> Path:
    """The folder of a release that is in use from now on."""
    (folder / "source").mkdir(parents=True)
    (folder / "source" / CARD).write_text(json.dumps({"prompt": prompt, "grammar": GRAMMAR_VERSION}), encoding="utf-8")
    make_keys(folder / "secret.pem", folder / "public.pem")
    key = read_secret(folder / "secret.pem")
    pack(folder / "source", folder / "release", key, model=MODEL, version=1, about="", measured={})
    held = releases(models)
    held.trust.add(folder / "public.pem")
    return held.activate(held.install(folder / "release").name, lambda _: None).folder


def test_a_release_takes_the_place_of_what_ships(models: ModelStore, tmp_path: Path) -> None:
    shipped = chosen_model(models, MODEL)
    assert shipped.adapter is not None and not shipped.released
    folder = install(models, tmp_path / "maker")
    assert chosen_model(models, MODEL).adapter == folder
    assert chosen_model(models, MODEL).released
    assert chosen_model(models, f"{MODEL}@shipped").adapter == shipped.adapter
    assert chosen_model(models, f"{MODEL}@none").adapter is None
    releases(models).back(MODEL)
    assert chosen_model(models, MODEL).adapter == shipped.adapter


@pytest.mark.parametrize("how", ("changed on disk", "for another prompt"))
def test_what_cannot_be_used_is_said_and_what_ships_is_used(
    models: ModelStore, tmp_path: Path, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    shipped = chosen_model(models, MODEL)
    folder = install(models, tmp_path / "maker", PROMPT_VERSION if how == "changed on disk" else PROMPT_VERSION + 1)
    if how == "changed on disk":
        (folder / CARD).write_text("{}", encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        assert chosen_model(models, MODEL).adapter == shipped.adapter
    assert folder.name in caplog.text


def test_the_small_house_is_understood_by_who_reads_it_as_meant() -> None:
    cases = yaml12.load((Path(tried.__file__).parent / "canary.yaml").read_text(encoding="utf-8"))["cases"]
    scripted = Scripted()
    scripted.sentences = {one["say"]: one["means"] for one in cases}
    assert asyncio.run(understood(scripted)) == (len(cases), len(cases))
    scripted.sentences[cases[0]["say"]] = 'turn off light "Kitchen Light"'
    assert asyncio.run(understood(scripted)) == (len(cases) - 1, len(cases))


def test_what_cannot_be_loaded_is_not_well(models: ModelStore, tmp_path: Path) -> None:
    with pytest.raises(BadRelease, match="no adapter for the site language"):
        share_understood(models, MODEL, tmp_path)
