"""The bench of releases sees what it should see: sound ones are used, damaged ones not, and a box that lets them through is caught."""

from pathlib import Path

import pytest
from rich.console import Console

from llmagentos.bench import deploy
from llmagentos.fleet.manifest import BadRelease, decoded
from llmagentos.fleet.signing import Trust


def test_a_box_that_checks_uses_no_damaged_release() -> None:
    figures = deploy.run_deploy(60, 2, Console(quiet=True))
    assert (figures["tampered_activated"], figures["broken_by_kills"]) == (0, 0)
    assert figures["sound"] == figures["sound_activated"]


def test_a_box_that_checks_no_signatures_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Trust, "check", lambda *_: None)
    assert int(deploy.run_deploy(60, 1, Console(quiet=True))["tampered_activated"]) > 0


def test_a_box_that_looks_at_no_file_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(folder: Path, trust: Trust) -> object:
        try:
            return decoded((folder / "manifest.json").read_bytes())
        except OSError as error:
            raise BadRelease("it is gone") from error

    monkeypatch.setattr("llmagentos.fleet.releases.verified", careless)
    assert int(deploy.run_deploy(60, 1, Console(quiet=True))["tampered_activated"]) > 0
