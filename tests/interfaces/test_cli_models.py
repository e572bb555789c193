"""Releases from the command line, as a maker and as the owner of a box use them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from llmagentos.agent.prompt import PROMPT_VERSION
from llmagentos.app.adapters import CARD
from llmagentos.fleet.manifest import BadRelease
from llmagentos.interfaces import cli_models
from llmagentos.interfaces.cli import app
from llmagentos.language.tree import GRAMMAR_VERSION


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """A box of its own, where every adapter is well but one that is called bad."""

    def tried(store: object, model: str, adapter: Path) -> float:
        if adapter.name == "bad":
            raise BadRelease("it understood 2 of 12 plain sentences")
        return 1.0

    monkeypatch.setenv("AGENTOS_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr(cli_models, "share_understood", tried)
    monkeypatch.setattr(cli_models, "complaint", lambda store, release: None)
    for name in ("good", "bad"):
        (tmp_path / name).mkdir()
        card = {"prompt": PROMPT_VERSION, "grammar": GRAMMAR_VERSION}
        (tmp_path / name / CARD).write_text(json.dumps(card), encoding="utf-8")
    return CliRunner()


def said(run: CliRunner, *words: object, code: int = 0) -> str:
    result = run.invoke(app, [str(one) for one in words])
    assert result.exit_code == code, result.output
    return " ".join(result.output.split())


def test_a_release_goes_from_its_maker_to_a_box_and_back(run: CliRunner, tmp_path: Path) -> None:
    release, keys = tmp_path / "1.release", tmp_path / "keys"
    said(run, "models", "keys", keys)
    assert "canary" not in said(run, "models", "pack", tmp_path / "good", release, "--key", keys / "secret.pem", "--version", 1)  # fmt: skip
    assert "does not trust" in said(run, "models", "install", release, code=2)
    said(run, "models", "trust", keys / "public.pem", "--yes")
    assert "is used by nodes that start from now on" in said(run, "models", "install", release)
    assert "version 1" in said(run, "models", "list")
    name = said(run, "models", "releases").partition("│ ")[2].split()[0]
    assert "ships with" in said(run, "models", "back")
    assert name in said(run, "models", "use", name)
    assert "nothing to go back from" in said(run, "models", "back", "smollm2-135m", code=2)


def test_what_is_not_well_is_not_packed(run: CliRunner, tmp_path: Path) -> None:
    said(run, "models", "keys", tmp_path / "keys")
    command = ("models", "pack", tmp_path / "bad", tmp_path / "x", "--key", tmp_path / "keys" / "secret.pem", "--version", 1)  # fmt: skip
    assert "2 of 12" in said(run, *command, code=2)
    assert not (tmp_path / "x").exists()


def test_what_is_wrong_is_said(run: CliRunner, tmp_path: Path) -> None:
    (tmp_path / "garbage").write_bytes(b"garbage")
    said(run, "models", "keys", tmp_path / "keys")
    assert "File exists" in said(run, "models", "keys", tmp_path / "keys", code=2)
    for command, expected in (
        (("install", tmp_path / "garbage"), "no release"),
        (("trust", tmp_path / "garbage"), "no public key"),
        (("distrust", "0123"), "no key 0123"),
        (("use", "0123"), "no release '0123' is here"),
        (("export", "nonsense", tmp_path / "x.gguf"), "is not here"),
    ):
        assert expected in said(run, "models", *command, code=2)


def test_what_has_to_be_installed_is_named_whole(
    run: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    (tmp_path / "text").write_text("some text", encoding="utf-8")
    assert "llmagentos[train]" in said(run, "bench", "lm", tmp_path / "text", code=2)  # brackets are no markup
    assert "llmagentos[train]" in said(run, "train", "prepare", tmp_path / "text", "--to", tmp_path / "corpus", code=2)
